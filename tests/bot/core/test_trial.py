"""A plugin on trial: on for some people, who read with it; nothing of it acts, for nobody, ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text as sql

from bot.contract.platform import TrialWish
from bot.core import audit, switch, trial
from bot.core.grants import grant
from bot.core.plugin_health import check_health
from bot.core.trial_gate import TrialGate
from bot.db import calls
from bot.db.grants import NewGrant
from bot.errors import BadInput, Conflict, NotAllowed, NotFound, Unavailable
from tests.bot.core import probing

WEEK = timedelta(days=7)
PROBE = (probing.SEE, probing.DIG)


class Kit:
    """A bench where `garden` is on and `probe` (with `ground`) is off; Sam and Sue hold the role support."""

    def __init__(self, bench, sam, sue, bill) -> None:
        self.bench, self.sam, self.sue, self.bill = bench, sam, sue, bill
        self.around = bench.around

    async def seat(self, user):
        """Return the gate this person stands before, and who they are there, as the application does."""
        state, plain = await self.around.state(), await self.bench.gate()
        person = await self.around.user(user.id, fresh=True)
        tried = trial.tried_by(state, person, self.bench.now)
        if not tried:
            return plain, person
        around = trial.TrialSurroundings(self.around, tried)
        return TrialGate(plain, around, await around.view()), await around.user(user.id, fresh=True)

    async def call(self, user, action_id, **args):
        gate, person = await self.seat(user)
        return await gate.call(person, action_id, args)

    async def begin(self, *users, roles=(), lasts=WEEK):
        wish = TrialWish(
            plugin="probe", users=[u.id for u in users], roles=roles, until=self.bench.now + lasts
        )
        return await trial.begin(self.around, wish, now=self.bench.now)

    async def rows(self, **narrow):
        return list(
            reversed(await audit.search(self.bench.database, self.bench.tenant.id, limit=1000, **narrow))
        )


@pytest.fixture
async def kit(bench):
    probing.entered.clear()
    made = await bench(probing.garden, probing.ground, probing, "admin")
    for name in ("probe", "ground"):
        await switch.disable(made.around, name)
    async with made.database.tenant(made.tenant.id) as session:
        await session.execute(
            sql("delete from role_permissions where permission like 'probe:%' or permission like 'ground:%'")
        )
        await session.execute(
            sql("update tenant_plugins set offered = '{}' where plugin in ('probe', 'ground')")
        )
    made.around.forget()
    people = []
    for name, role in (("Sam Song", "support"), ("Sue Sand", "support"), ("Bill Bay", "billing")):
        person = await made.person(name, ())
        await grant(
            made.database,
            made.tenant,
            NewGrant(user_id=person.id, role=role, by="t"),
            giver=None,
            now=made.now,
        )
        people.append(person)
    return Kit(made, *people)


async def test_it_is_on_for_the_named_only(kit):
    await kit.begin(kit.sam)
    assert (await kit.call(kit.sam, "probe_look")).text == "It is new."
    assert (await kit.call(kit.sam, "ground_feel")).text == "soft", "with what it needs"
    for action in ("probe_look", "ground_feel", "probe_dig"):
        with pytest.raises(NotFound, match="no action"):
            await kit.call(kit.sue, action)
    assert (await kit.around.view()).enabled == {"garden", "admin"}


async def test_a_role_tries_it_with_what_the_role_would_hold(kit):
    """Bill's role would be given the right to look, and no other; nothing of that is stored."""
    await kit.begin(roles=("billing",))
    assert (await kit.call(kit.bill, "probe_look")).text == "It is new."
    with pytest.raises(NotAllowed, match="probe:dig"):
        await kit.call(kit.bill, "probe_dig", where="here")
    assert not (await kit.around.user(kit.bill.id, fresh=True)).may(probing.SEE)


async def test_reads_of_others_see_the_new_system_and_changes_go_to_the_old(kit):
    """Who tries a connector reads through it; what they change is changed where everybody changes it."""
    await kit.begin(kit.sam)
    assert (await kit.call(kit.sam, "garden_show")).text == "new probe"
    assert (await kit.call(kit.sue, "garden_show")).text == "old alone"
    assert (await kit.call(kit.sam, "garden_strike", where="there")).text == "Struck."
    assert probing.entered == ["old there"]


async def test_a_change_stops_after_its_preview(kit):
    await kit.begin(kit.sam)
    said = await kit.call(kit.sam, "probe_dig", where="by the gate")
    assert said.text.startswith("Trial: nothing was done.")
    assert "A hole by the gate." in said.text and "whole → dug" in said.text
    assert "It would need a yes from one other person" in said.text
    assert (said.waiting, said.undo, said.buttons) == (None, None, ())
    assert "It would be done at once" in (await kit.call(kit.sam, "probe_poke")).text
    assert probing.entered == []
    (row,) = await kit.rows(action="probe_dig")
    assert (row.event, row.facts["trial"], row.facts["args"]) == (
        "tried",
        ["ground", "probe"],
        {"where": "by the gate"},
    )
    assert "not done" in row.text


async def test_a_read_cannot_change_by_a_back_door(kit):
    await kit.begin(kit.sam)
    for action in ("probe_sly", "probe_worse"):
        with pytest.raises(Unavailable, match="incident"):
            await kit.call(kit.sam, action)
    assert probing.entered == []


async def test_nothing_of_it_acts_by_itself(kit):
    """No guard refuses, no watcher sees, no provider gives roles, no health check is run: for nobody."""
    await kit.begin(kit.sam)
    for user in (kit.sam, kit.sue):
        await kit.call(user, "garden_strike", where="x")
        await kit.call(user, "garden_show")
        _, person = await kit.seat(user)
        assert "admin" not in person.roles
    assert await check_health(kit.around) == []
    assert "watched" not in probing.entered and "health" not in probing.entered


async def test_what_was_tried_never_becomes_real(kit):
    """Nothing is parked during a trial; after turning on, the key and the words mean a new call."""
    await kit.begin(kit.sam)
    gate, person = await kit.seat(kit.sam)
    await gate.call(person, "probe_dig", {"where": "here"}, key="k")
    async with kit.bench.database.tenant(kit.bench.tenant.id) as session:
        assert await calls.find_waiting(session) == []
        assert await calls.get_call_by_key(session, "k") is None
    await switch.enable(kit.around, "probe")
    assert await (await kit.bench.gate()).waiting(await kit.around.user(kit.sue.id)) == []


@pytest.mark.parametrize("how", ["time", "end", "on", "off"])
async def test_it_ends(kit, how):
    await kit.begin(kit.sam)
    if how == "time":
        kit.bench.now += WEEK
        assert await trial.words(kit.around, kit.bench.now) == {}
    elif how == "end":
        assert await trial.end(kit.around, "probe")
        assert not await trial.end(kit.around, "probe")
    elif how == "off":
        await switch.disable(kit.around, "probe")
    else:
        await switch.enable(kit.around, "probe")
        await switch.disable(kit.around, "probe")
        await switch.disable(kit.around, "ground")
    with pytest.raises(NotFound, match="no action"):
        await kit.call(kit.sam, "probe_look")
    if how in {"end", "off"}:
        assert (await kit.rows())[-2].event == "plugin.trial_ended"


async def test_what_an_admin_took_from_a_role_stays_away(kit):
    await switch.enable(kit.around, "probe")
    async with kit.bench.database.tenant(kit.bench.tenant.id) as session:
        await session.execute(
            sql("delete from role_permissions where permission = 'probe:see' and role = 'support'")
        )
    await switch.disable(kit.around, "probe")
    await kit.begin(kit.sam)
    with pytest.raises(NotAllowed, match="probe:see"):
        await kit.call(kit.sam, "probe_look")


async def test_what_can_not_be_tried(kit):
    now = kit.bench.now
    with pytest.raises(NotFound, match="no plugin"):
        await trial.begin(kit.around, TrialWish(plugin="x", until=now + WEEK), now=now)
    with pytest.raises(Conflict, match="is on here"):
        await trial.begin(kit.around, TrialWish(plugin="garden", until=now + WEEK), now=now)
    for lasts in (timedelta(), timedelta(days=91)):
        with pytest.raises(BadInput, match="at most 90 days"):
            await kit.begin(kit.sam, lasts=lasts)
    with pytest.raises(NotFound, match="role"):
        await kit.begin(roles=("king",))


async def test_an_admin_begins_and_ends_one_in_chat(kit):
    admin = await kit.bench.person("Ada Ash", ["admin:plugins", "admin:health", *PROBE])
    asked = await kit.call(admin, "admin_try_plugin", name="probe")
    assert "Let Ada Ash try probe until" in asked.text and "only shown" in asked.text
    gate, person = await kit.seat(admin)
    done = await gate.decide(person, asked.waiting.call_id, yes=True)
    assert "on trial for Ada Ash until" in done.text
    assert (await kit.call(admin, "probe_look")).text == "It is new."
    rows = {row[0]: row[1:] for row in (await kit.call(admin, "admin_plugins")).table.rows}
    assert rows["probe"][0] == "on trial" and "Ada Ash" in rows["probe"][1]
    ending = await kit.call(admin, "admin_end_trial", name="probe")
    gate, person = await kit.seat(admin)
    assert (await gate.decide(person, ending.waiting.call_id, yes=True)).text == "The trial of probe is over."
    with pytest.raises(NotFound):
        await kit.call(admin, "probe_look")
    begun, ended = await kit.rows(event="plugin.trial"), await kit.rows(event="plugin.trial_ended")
    assert [len(begun), len(ended)] == [1, 1] and begun[0].facts["trial"] is True
