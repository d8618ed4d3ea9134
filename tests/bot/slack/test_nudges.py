"""What the bot says by itself arrives in Slack as a direct message: once, whoever dies and however many look."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from bot.contract.nudge import Nudge
from bot.contract.reply import Choice, Reply
from bot.core.nudging import PluginNudges
from bot.db import links, nudges, outbox, users
from bot.slack.calls import Calls, RefusedError
from tests.bot.core.answer_world import NOW
from tests.bot.slack.conftest import Office

CALL = Reply("Call Amina.", choices=(Choice(label="Done", words="reminders done REM-1"),))


class Killed(BaseException):
    """Ends a step as kill -9 would: nothing after it happens."""


async def put(office: Office, key: str = "1", *, linked: bool = True) -> str:
    async with office.database.tenant(office.tenant.id) as session:
        ann = await users.get_person_by_email(session, "ann@acme.example")
        ann = ann or await users.do_add_person(session, name="Ann", email="ann@acme.example")
        if linked:
            await links.do_link(
                session, surface="slack", external_id="T1:UANN", user_id=ann.id, how="code", by="x"
            )
    nudge = Nudge(key=key, reply=CALL, to=ann.id)
    await PluginNudges(
        database=office.database,
        tenant_id=office.tenant.id,
        plugin="reminders",
        person=lambda _: pytest.fail("nobody's rights matter here"),
        now=NOW,
    ).put(nudge)
    return ann.id


async def posts(office: Office) -> list[dict[str, Any]]:
    await office.room.sweep()
    await office.queue.idle()
    return office.slack.world.replies(office.slack.world.direct("UANN").id)


async def test_it_is_a_direct_message_with_buttons_that_say_words(office: Office) -> None:
    await put(office)
    [post] = await posts(office)
    assert "Call Amina." in post["text"]
    [button] = post["blocks"][-1]["elements"]
    assert (button["text"]["text"], button["value"]) == ("Done", "reminders done REM-1")
    assert len(await posts(office)) == 1


async def test_who_lost_the_right_meanwhile_is_not_told_any_more(office: Office) -> None:
    ann = await put(office, "0")
    assert len(await posts(office)) == 1
    async with office.database.tenant(office.tenant.id) as session:
        for key, permission in (("1", "reminders:team"), ("2", "")):
            needs = {"needs": {"permission": permission, "area": {}}} if permission else {}
            await nudges.do_put(session, [ann], key, {"text": f"Nudge {key}", **needs})
    said = [post["text"] for post in await posts(office)]
    assert len(said) == 2
    assert "Nudge 2" in said[1], "Ann holds no right, so the first is dropped"


async def test_many_processes_say_it_once(office: Office) -> None:
    await put(office)
    await asyncio.gather(*(office.room.telling.nudges.deliver(office.tenant.id) for _ in range(6)))
    assert len(await posts(office)) == 1


@pytest.mark.parametrize("step", ["do_mark_told", "do_put_once"])
async def test_killed_in_between_it_is_said_once(
    office: Office, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(office)
    module = nudges if step == "do_mark_told" else outbox
    real = getattr(module, step)

    async def die(*args: Any, **more: Any) -> None:
        await real(*args, **more)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(module, step, die)
        with pytest.raises(Killed):
            await office.room.telling.nudges.deliver(office.tenant.id)
    assert len(await posts(office)) == 1


async def test_who_has_no_account_or_a_cut_one_waits(office: Office) -> None:
    ann = await put(office, linked=False)
    assert await posts(office) == []
    async with office.database.tenant(office.tenant.id) as session:
        await links.do_link(session, surface="slack", external_id="T1:UANN", user_id=ann, how="code", by="x")
        await links.do_cut(session, "slack", "T1:UANN", cut=True, at=NOW)
    assert await posts(office) == []
    async with office.database.tenant(office.tenant.id) as session:
        rows = await session.execute(text("select told_at from nudges"))
        assert [row.told_at for row in rows] == [None]


async def test_whom_slack_refuses_is_left_alone_for_a_while(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(office)
    tried: list[str] = []

    async def refuse(self: Calls, token: str, user_id: str) -> str:
        tried.append(user_id)
        raise RefusedError("conversations.open", "cannot_dm_bot")

    with monkeypatch.context() as patch:
        patch.setattr(Calls, "open_direct", refuse)
        await office.room.sweep()
        await office.room.sweep()
    assert tried == ["UANN"]
