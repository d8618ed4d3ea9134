"""The e-mail port: messages that leave once, mailings, and what comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.api import EVERYWHERE, Conflict, LeaseLost
from bot.conformance.lacking import LackingConformance
from bot.conformance.rig import Rig, a_world, effect, opened, there
from bot.conformance.scopes import NORTH, SOUTH
from bot.conformance.world import World
from plugins.email.port import (
    Back,
    Delivery,
    Mail,
    MailingKind,
    MailQuery,
    MailStatus,
    NewEmail,
    NewMailing,
    Outcome,
    Outgoing,
    Return,
    Stop,
)

LEASE = timedelta(minutes=10)
SENT = Delivery(outcome=Outcome.SENT)


def letter(world: World, **more: Any) -> NewEmail:
    """Return a message to Amina."""
    usual = {
        "customer": world["amina"],
        "to": "amina.bello@mail.example",
        "subject": "Your line",
        "body": "Dear Amina,\nit works again.",
        "sender": "care@acme.example",
    }
    return NewEmail(**(usual | more))


async def take(port: Mail, most: int = 10, per_minute: int = 600) -> tuple[Outgoing, ...]:
    """Return what is due."""
    return (await port.take_due(most=most, per_minute=per_minute, lease=LEASE)).messages


async def status(port: Mail, number: str | None) -> str:
    """Return where a message stands."""
    return there(await port.get(EVERYWHERE, there(number))).status


class OutboxConformance(LackingConformance):
    """From the outbox to the far side, and back."""

    protocol = Mail

    async def test_a_message_leaves_once(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        queued = await port.queue(effect(world, "q"), letter(world, html="<p>it works again</p>"))
        assert (queued.status, queued.due_at, queued.attempts) == ("queued", world.now, 0)
        (message,) = await take(port)
        assert (message.number, message.to, message.attempts) == (queued.number, queued.to, 1)
        assert (message.subject, message.html, message.message_id) == (
            queued.subject,
            queued.html,
            queued.message_id,
        )
        assert await take(port) == (), "it is another's now"
        assert await status(port, queued.number) == "sending"
        await port.hand_over(message, LEASE)
        with pytest.raises(LeaseLost):
            await port.hand_over(message, LEASE)
        with pytest.raises(Conflict):
            await port.cancel(effect(world, "c"), message.number)
        world.clock.move(seconds=2)
        await port.settle(message, SENT)
        sent = there(await port.get(EVERYWHERE, message.number))
        assert (sent.status, sent.sent_at, sent.attempts) == ("sent", world.now, 1)
        assert await take(port) == ()
        with pytest.raises(Conflict):
            await port.retry(effect(world, "r"), message.number)

    async def test_what_is_in_doubt_is_never_sent_again_by_itself(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        for nr in range(2):
            await port.queue(effect(world, f"q{nr}"), letter(world))
        taken, handed = await take(port)
        await port.hand_over(handed, LEASE)
        world.clock.now += LEASE + timedelta(seconds=1)
        (again,) = await take(port)
        assert (again.number, again.attempts) == (taken.number, 2), "what was only taken comes back"
        doubtful = there(await port.get(EVERYWHERE, handed.number))
        assert doubtful.status == MailStatus.UNKNOWN
        assert doubtful.error, "it says so in a sentence"
        with pytest.raises(LeaseLost):
            await port.hand_over(taken, LEASE)
        await port.settle(taken, SENT)
        assert await status(port, taken.number) == "sending", "an older attempt says nothing about this one"
        back = await port.retry(effect(world, "r"), handed.number)
        assert (back.status, back.message_id) == ("queued", handed.message_id), "under its old Message-ID"

    async def test_what_may_work_later_waits_and_what_fails_can_be_tried_again(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        await port.queue(effect(world, "q"), letter(world))
        (message,) = await take(port)
        later = world.now + timedelta(minutes=5)
        await port.settle(message, Delivery(outcome=Outcome.LATER, said="Greylisted."), later)
        waits = there(await port.get(EVERYWHERE, message.number))
        assert (waits.status, waits.due_at, waits.error) == ("queued", later, "Greylisted.")
        batch = await port.take_due(most=5, per_minute=600, lease=LEASE)
        assert batch.messages == ()
        assert there(batch.again) <= timedelta(minutes=5)
        world.clock.now = later
        (message,) = await take(port)
        assert message.attempts == 2
        await port.settle(message, Delivery(outcome=Outcome.FAILED, said="Blocked."))
        failed = there(await port.get(EVERYWHERE, message.number))
        assert (failed.status, failed.error) == ("failed", "Blocked.")
        await port.retry(effect(world, "r"), message.number)
        (third,) = await take(port)
        await port.settle(third, Delivery(outcome=Outcome.BOUNCED, said="No such user."))
        assert await status(port, third.number) == "bounced"
        assert (await port.stops([third.to]))[third.to].reason == "bounced", (
            "the address is not written to again"
        )

    async def test_no_more_leave_than_may(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        for nr in range(5):
            await port.queue(effect(world, f"q{nr}"), letter(world))
        assert len(await take(port, most=2)) == 2
        slow = await port.take_due(most=5, per_minute=2, lease=LEASE)
        assert (slow.messages, slow.paced) == ((), True)
        world.clock.now += there(slow.again) + timedelta(seconds=1)
        assert len(await take(port, per_minute=2)) >= 1
        empty = await port.take_due(most=0, per_minute=600, lease=LEASE)
        assert empty.messages == ()

    async def test_a_message_is_cancelled_before_it_leaves(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        queued = await port.queue(effect(world, "q"), letter(world))
        assert (await port.cancel(effect(world, "c"), there(queued.number))).status == "cancelled"
        assert await take(port) == ()

    def _mailing(self, world: World, *names: str, **more: Any) -> NewMailing:
        addresses = {c.number: c.email or "" for c in world.customers}
        messages = tuple(letter(world, customer=world[n], to=addresses[world[n]].lower()) for n in names)
        start = world.now + timedelta(minutes=1)
        return NewMailing(
            audience="all", subject="News", body="Dear {name}", starts_at=start, messages=messages, **more
        )

    async def test_a_mailing_waits_for_its_time_and_is_one_thing(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        new = self._mailing(world, "amina", "grace", left_out={"no address": 3})
        made = await port.queue_mailing(effect(world, "m"), new)
        assert (await port.queue_mailing(effect(world, "m"), new)).number == made.number
        assert (made.total, made.audience, made.by, made.starts_at) == (2, "all", "Chipo Dube", new.starts_at)
        assert (dict(made.counts), made.left_out["no address"]) == ({"queued": 2}, 3)
        assert await take(port) == (), "it has not begun"
        assert [m.number for m in await port.mailings(EVERYWHERE)] == [made.number]
        for part in (NORTH, SOUTH):
            assert not await port.mailings(part), "of which a part lies outside is not shown"
            assert await port.get_mailing(part, made.number) is None
        page = await port.find(EVERYWHERE, MailQuery(mailing=made.number))
        assert {mail.customer for mail in page.emails} == {world["amina"], world["grace"]}
        world.clock.now = new.starts_at
        (first,) = await take(port, most=1)
        assert first.mailing == MailingKind.NEWS
        await port.hand_over(first, LEASE)
        gone = await port.cancel_mailing(effect(world, "c"), made.number)
        assert (gone.cancelled_by, dict(gone.counts)) == ("Chipo Dube", {"sending": 1, "cancelled": 1})
        await port.settle(first, SENT)
        with pytest.raises(Conflict):
            await port.cancel_mailing(effect(world, "c2"), made.number)
        known = there(await port.get_mailing(EVERYWHERE, made.number.lower()))
        assert dict(known.counts) == {"sent": 1, "cancelled": 1}

    async def test_who_was_stopped_meanwhile_is_left_out_of_news(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        made = await port.queue_mailing(effect(world, "m"), self._mailing(world, "grace"))
        service = self._mailing(world, "grace", kind=MailingKind.SERVICE)
        await port.queue_mailing(effect(world, "s"), service)
        stop = Stop(address="grace@mail.example", reason="unsubscribed", at=world.now)
        await port.stop(effect(world, "stop"), stop)
        world.clock.now = service.starts_at
        for message in await take(port):
            if message.mailing == MailingKind.SERVICE:
                await port.hand_over(message, LEASE)
            else:
                with pytest.raises(Conflict):
                    await port.hand_over(message, LEASE)
        left = there(await port.get_mailing(EVERYWHERE, made.number))
        assert (dict(left.counts), left.left_out) == ({MailStatus.LEFT_OUT: 1}, {"unsubscribed": 1})

    async def test_what_comes_back_is_taken_note_of_once(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        await port.queue(effect(world, "q"), letter(world))
        (message,) = await take(port)
        await port.hand_over(message, LEASE)
        await port.settle(message, SENT)
        assert await port.last_returned("INBOX", 1) == 0
        back = Return(
            mailbox="INBOX",
            validity=1,
            uid=7,
            digest="d1",
            back=Back.BOUNCED,
            number=message.number,
            said="No such user.",
        )
        assert await port.take_return(back)
        assert not await port.take_return(back)
        assert await port.last_returned("INBOX", 1) == 7
        assert await port.last_returned("INBOX", 2) == 0, "the server counts anew"
        bounced = there(await port.get(EVERYWHERE, message.number))
        assert (bounced.status, bounced.error) == ("bounced", "No such user.")
        assert message.to in await port.stops([message.to])

    async def test_a_bounce_that_somebody_writes_down(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Mail)
        for nr, stops in enumerate((False, True)):
            await port.queue(effect(world, f"q{nr}"), letter(world))
            (message,) = await take(port)
            await port.hand_over(message, LEASE)
            await port.settle(message, SENT)
            told = await port.bounce(
                effect(world, f"b{nr}"), message.number, "They rang: it came back.", stop=stops
            )
            assert (told.status, told.error) == ("bounced", "They rang: it came back.")
            assert bool(await port.stops([message.to])) is stops
