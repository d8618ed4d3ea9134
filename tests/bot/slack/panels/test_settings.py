"""Settings are changed in a form: faults at their fields, secrets never shown, two admins told apart."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from bot.core import settings, switch
from bot.core.settings import change_settings
from tests.bot.slack.panels.conftest import Office, leading_to, shown

SECRET = "hunter2-secret"


@pytest.fixture
async def ann(office: Office) -> Any:
    await switch.enable(office.app.around(office.tenant), "smtp")
    return await opened(office, "UANN")


async def opened(office: Office, user: str) -> Any:
    """The form of the plugin smtp in front of somebody."""
    seat = await office.open("plugins", user)
    await office.press(seat, leading_to(seat, "plugin", "smtp"))
    await office.press(seat, leading_to(seat, "settings", "smtp"))
    assert seat.view.title == "Set up smtp"
    return seat


async def kept(office: Office) -> Any:
    around = office.app.around(office.tenant)
    around.forget()
    return (await around.state()).settings("smtp")


async def everywhere(office: Office) -> str:
    """All that is kept of what was sent, and all that Slack was told."""
    async with office.app.database.tenant(office.tenant.id) as session:
        rows = [
            str(list((await session.execute(text(f"select t::text from {table} t"))).scalars()))
            for table in ("audit", "audit_texts", "calls", "slack_inbox", "slack_outbox", "plugin_settings")
        ]
    return "".join(rows) + str([call.args for call in office.slack.calls])


async def test_form_is_saved_after_its_preview_and_tested(office: Office, ann: Any) -> None:
    kinds = {
        b["block_id"].partition("~")[0]: b["element"]["type"] for b in ann.view.blocks if b["type"] == "input"
    }
    assert kinds["field_port"] == "number_input"
    assert kinds["field_tls"] == "static_select"
    assert kinds["field_bounce_tags"] == "static_select"
    assert kinds["secret_password"] == "plain_text_input"
    await office.submit(
        ann, field_host="mx.acme.example", field_port="465", field_tls="tls", secret_password=SECRET
    )
    await office.settled(ann)
    assert "port: 587 → 465" in shown(ann)
    assert SECRET not in shown(ann)
    assert (await kept(office)).host == ""
    await office.submit(ann)
    await office.settled(ann)
    now = await kept(office)
    assert (now.host, now.port, now.password.get_secret_value()) == ("mx.acme.example", 465, SECRET)
    assert "Saved host, password, port, tls of smtp" in shown(ann)
    assert "*smtp*," in shown(ann)  # its health
    assert SECRET not in await everywhere(office)
    assert await office.audit("settings.changed") == [office.ids["UANN"]]


async def test_secret_is_never_prefilled_kept_when_left_empty_and_forgotten_when_asked(
    office: Office, ann: Any
) -> None:
    await office.submit(ann, secret_password=SECRET)
    await office.submit(ann)
    ann = await opened(office, "UANN")
    assert "It is kept unless you type a new one" in shown(ann)
    assert SECRET not in json.dumps(ann.view.content)
    await office.submit(ann, field_from_name="NOC")
    await office.submit(ann)
    assert (await kept(office)).password.get_secret_value() == SECRET
    ann = await opened(office, "UANN")
    await office.submit(ann, forget_password=["yes"])
    await office.settled(ann)
    assert "password" in shown(ann)
    await office.submit(ann)
    assert (await kept(office)).password.get_secret_value() == ""


async def test_faults_stand_at_their_fields_and_nothing_is_saved(office: Office, ann: Any) -> None:
    seen = await office.submit(ann, field_port="99999", field_timeout_seconds="0", field_host="mx")
    names = {block_id.partition("~")[0] for block_id in seen.errors}
    assert names == {"field_port", "field_timeout_seconds"}
    assert ann.view.title == "Set up smtp"
    assert (await kept(office)).host == ""
    seen = await office.submit(ann, field_port="587", field_timeout_seconds="30", field_host="")
    assert "Nothing is changed" in str(seen.errors)


async def test_second_admin_is_told_and_keeps_what_they_typed(office: Office, ann: Any) -> None:
    ben = await opened(office, "UBEN")
    await office.submit(ann, field_host="ann.example")
    await office.submit(ann)
    await office.submit(ben, field_from_name="Ben's desk", secret_password=SECRET)
    await office.settled(ben)
    assert "Somebody else changed these settings" in shown(ben)
    assert "Ben's desk" in shown(ben)
    assert "ann.example" in shown(ben)
    assert SECRET not in shown(ben)
    await office.submit(ben)
    await office.settled(ben)
    await office.submit(ben)
    now = await kept(office)
    assert (now.host, now.from_name) == ("ann.example", "Ben's desk")


async def test_what_changed_between_preview_and_yes_is_not_overwritten(office: Office, ann: Any) -> None:
    await office.submit(ann, field_host="ann.example")
    app = office.app
    await change_settings(
        app.database, app.registry, app.cipher, office.tenant, "smtp", {"host": "ben.example"}, by="ben"
    )
    app.around(office.tenant).forget()
    await office.submit(ann)
    await office.settled(ann)
    assert (await kept(office)).host == "ben.example"
    assert "Somebody else changed the settings of smtp" in shown(ann)
    assert "Somebody else" in str(await office.said("UANN"))


async def test_plugin_turned_off_meanwhile_is_said_before_saving(office: Office, ann: Any) -> None:
    await switch.disable(office.app.around(office.tenant), "smtp")
    await office.submit(ann, field_host="mx.acme.example")
    await office.settled(ann)
    assert "The plugin is off" in shown(ann)
    await office.submit(ann)
    assert (await kept(office)).host == "mx.acme.example"


@pytest.mark.parametrize(
    "section", sorted(["smtp", "imap", "email", "network", "reminders", "tickets", "freeze"])
)
async def test_every_plugins_form_can_be_drawn(office: Office, section: str) -> None:
    assert settings.model_of(office.app.registry, section).model_fields
    await switch.enable(office.app.around(office.tenant), section)
    seat = await office.open("plugins")
    await office.press(seat, leading_to(seat, "plugin", section))
    await office.press(seat, leading_to(seat, "settings", section))
    assert seat.view.title == f"Set up {section}"
    seen = await office.submit(seat)
    assert "Nothing is changed" in str(seen.errors)
