"""Who may walk through the panels, and what becomes of forged, stale and late steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from bot.contract.people import User
from bot.core import grants, switch
from bot.db.grants import NewGrant
from bot.errors import NotAllowed, NotFound
from bot.slack.panels.registry import OFFERED, SCREENS
from bot.slack.panels.screen import Page
from bot.slack.panels.sealing import NOT_OURS
from tests.bot.slack.panels.conftest import HOSTILE, Office, leading_to, pressable, shown

NO_INPUT_NEEDED = {"plugins", "people", "roles", "groups", "channels", "limits", "health", "audit"}


async def test_home_offers_each_admin_their_panels_and_others_none(office: Office) -> None:
    user = office.ids
    seen = {}
    for name in ("UANN", "UEVE"):
        person: User = await office.app.around(office.tenant).user(user[name])
        seen[name] = [one.name for one in office.room.home.panels.find(person)]
    assert seen == {"UANN": [one.name for one in OFFERED], "UEVE": []}


@pytest.mark.parametrize("panel", sorted(NO_INPUT_NEEDED))
async def test_each_panel_opens_for_an_admin(office: Office, panel: str) -> None:
    ann = await office.open(panel)
    assert "Not possible" not in shown(ann)
    assert "something went wrong" not in shown(ann).lower()


@pytest.mark.parametrize("panel", sorted(NO_INPUT_NEEDED))
async def test_whoever_may_not_sees_one_sentence_and_nothing_of_the_tenant(
    office: Office, panel: str
) -> None:
    eve = await office.open(panel, "UEVE")
    assert eve.view.title == "Not possible"
    assert pressable(eve) == {}
    assert "ann@acme.example" not in shown(eve)


async def test_stranger_learns_how_to_link(office: Office) -> None:
    new = await office.open("people", "UNEW")
    assert "link" in shown(new)
    assert "acme.example" not in shown(new)


async def test_every_screen_refuses_who_may_not(office: Office) -> None:
    """Whatever is sent: no screen reads or asks for anything on its own authority."""
    eve = await office.open("plugins", "UEVE")
    visit = await _visit(office, "UEVE")
    reached = []
    for name, screen in SCREENS.items():
        try:
            made = await screen(replace(visit, value="visits", state=STATE, filled=FILLED))
        except (NotAllowed, NotFound):
            continue
        assert not isinstance(made, Page), name
        reached.append(name)
    assert set(reached) <= WISHES
    assert eve.view.title == "Not possible"


STATE = {"section": "smtp", "seen": "x", "name": "smtp", "person": "ann@acme.example", "role": "support"}
FILLED = {"channel": "CNOC", "what": "nothing", "permission": "admin:roles", "role": "admin"}
WISHES = {name for name in SCREENS if name.endswith(("-on", "-off", "-send", "-end", "-clear"))}
"""Screens that only make a wish: the gate decides about it."""


async def _visit(office: Office, user: str) -> Any:
    from bot.core import identity
    from bot.seated_panels import SeatedPanels
    from bot.slack.panels.asker import Asker
    from bot.slack.panels.screen import Visit

    async def find(tenant: Any, surface: str, external: str, email: str | None) -> User:
        found = await identity.find_linked(
            office.app.database, office.app.registry, tenant, surface, external, email
        )
        return await office.app.around(tenant).user(found.id, fresh=True)

    async def tenant(_id: str) -> Any:
        return office.tenant

    team = await office.team()
    question = await Asker(office.room.people, find, tenant).question(team, user)
    return Visit(team=team, question=question, office=SeatedPanels(office.app), calls=office.room.calls)


async def test_rights_are_looked_at_again_at_each_step(office: Office) -> None:
    ann = await office.open("plugins")
    await office.press(ann, leading_to(ann, "plugin", "visits"))
    await office.press(ann, "panel:plugin-on")
    await _take_role(office, "UANN")
    await office.submit(ann)
    await office.settled(ann)
    assert "visits" not in await office.enabled()
    assert "Turned on" not in shown(ann)
    await office.press(ann, next(iter(pressable(ann)), "panel:plugins")) if pressable(ann) else None
    assert ann.view.title == "Not possible"


async def test_form_of_somebody_who_lost_the_role_stays_with_what_they_typed(office: Office) -> None:
    await switch.enable(office.app.around(office.tenant), "smtp")
    ann = await office.open("plugins")
    await office.press(ann, leading_to(ann, "plugin", "smtp"))
    await office.press(ann, leading_to(ann, "settings", "smtp"))
    await _take_role(office, "UANN")
    seen = await office.submit(ann, field_host="mx.acme.example")
    assert "permission" in str(seen.errors) or "role" in str(seen.errors)
    assert ann.view.title == "Set up smtp"


async def _take_role(office: Office, user: str) -> None:
    app, tenant = office.app, office.tenant
    for one in await grants.find(app.database, tenant, app.clock(), user_id=office.ids[user]):
        await grants.revoke(app.database, tenant, one.id, by="test", giver=None)
    app.around(tenant).forget()


async def test_forged_and_borrowed_metadata_opens_nothing(office: Office) -> None:
    team = await office.team()
    ann = await office.open("plugins")
    await office.press(ann, leading_to(ann, "plugin", "visits"))
    await office.press(ann, "panel:plugin-on")
    mine = office.states.open(team, "UANN", ann.view.content["private_metadata"])
    view, content = ann.view, dict(ann.view.content)
    other = replace(team, tenant_id="0b9d3a52-6f5e-4b0a-9a55-1f3f6b7c8d9e")
    forged = [
        '{"call": "x", "back": {}}',
        office.states.seal(other, "UANN", mine),
        office.states.seal(team, "UBEN", mine),
        office.states.seal(replace(team, team_id="T2"), "UANN", mine),
    ]
    for sealed in forged:
        view.content = {**content, "private_metadata": sealed}
        view.hash = f"1.{forged.index(sealed)}"
        assert NOT_OURS in str((await ann.resubmit(view)).body)
        await office.queue.idle()
    assert "visits" not in await office.enabled()
    told = await office.said("UANN")
    assert len(told) == 4
    assert all(NOT_OURS in one for one in told)


async def test_hostile_names_do_no_harm(office: Office) -> None:
    async with office.app.database.tenant(office.tenant.id) as session:
        await session.execute(
            text("update users set name = :name where email = 'eve@acme.example'"), {"name": HOSTILE}
        )
    ann = await office.open("people")
    await office.press(ann, leading_to(ann, "person", "eve@acme.example"))
    said = str(ann.view.blocks)
    assert "&lt;!channel&gt;" in said
    assert "<!channel>" not in said.replace("&lt;", "")
    assert "<@UBEN>" not in said


async def test_trigger_that_came_too_late_is_said_directly(office: Office) -> None:
    office.slack.faults.plan("views.open", "error:expired_trigger_id")
    client = office.room.calls.client(office.slack.world.bot_token)
    button = {
        "type": "button",
        "action_id": "panel:plugins",
        "text": {"type": "plain_text", "text": "Plugins"},
        "value": "-",
    }
    blocks = [{"type": "actions", "elements": [button]}]
    await client.views_publish(user_id="UANN", view={"type": "home", "blocks": blocks})
    ann = office.slack.seat("UANN")
    assert await ann.press("panel:plugins", view=ann.home)
    direct = office.slack.world.home.direct("UANN").id
    await office.slack.until(lambda: ann.sees(direct))
    assert "Press the button on the Home tab again" in str(await office.said("UANN"))
    assert ann.view is None


async def test_another_tenants_people_are_not_found(office: Office) -> None:
    from bot.core import people
    from bot.db.tenants import do_create_tenant

    async with office.app.database.system() as session:
        other = await do_create_tenant(session, slug="globex", name="Globex")
    await switch.found_tenant(office.app.around(other))
    theirs = await people.add_person(
        office.app.database, other, name="Zed", email="zed@globex.example", by="test"
    )
    await grants.grant(
        office.app.database, other, NewGrant(user_id=theirs.id, role="admin", by="test"), giver=None
    )
    visit = await _visit(office, "UANN")
    for value in (theirs.id, "zed@globex.example"):
        with pytest.raises(Exception, match=r"[Nn]obody here"):
            await SCREENS["person"](replace(visit, value=value))


async def test_yes_that_is_worked_twice_is_done_once(office: Office) -> None:
    """A worker died after the change and before it was noted: the next one takes the same arrival up."""
    ann = await office.open("plugins")
    await office.press(ann, leading_to(ann, "plugin", "visits"))
    await office.press(ann, "panel:plugin-on")
    worked, first = office.room.deeds.do, list[Any]()

    async def dying(asked: Any) -> Any:
        done = await worked(asked)
        if not first:
            first.append(done)
            return await worked(asked)
        return done

    office.room.reader._deeds.do = dying
    await office.submit(ann)
    assert len(first) == 1
    assert "visits" in await office.enabled()
    assert len(await office.audit("approved")) == 1
    assert len(await office.said("UANN")) == 1
