"""The mailer port: what leaves arrives whole and once, and what does not is told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import pytest

from bot.api import LeaseLost
from bot.conformance.lacking import LackingConformance
from bot.conformance.rig import Rig, opened, still_ours
from bot.conformance.world import World, small_isp
from plugins.email.port import Delivery, HandOver, Mailer, Outcome, Outgoing


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A message at the far side."""

    to: str
    subject: str
    body: str
    message_id: str


class MailRig(Rig, Protocol):
    """A system that carries messages away, and its far side."""

    def arrived(self) -> Sequence[Arrived]:
        """Return what arrived at the far side."""

    def answer(self, outcome: Outcome) -> None:
        """Let the far side refuse the next message: BOUNCED no such user, LATER for now."""


def letter(world: World) -> Outgoing:
    """Return a message as the outbox hands it over."""
    return Outgoing(
        number="EM-1",
        message_id="<1@acme.example>",
        sender="care@acme.example",
        reply_to="",
        attempts=1,
        to="amina@mail.example",
        subject="Ihre Rechnung – 12 €",
        body="Dear Amina,\n.a dot first\nGrüße",
        html=None,
        at=world.now,
        give_up_at=world.now + timedelta(days=1),
    )


async def send(rig: Rig, world: World, message: Outgoing, hand_over: HandOver = still_ours) -> Delivery:
    """Open a line and send one message."""
    async with opened(rig, world, Mailer).open() as line:
        return await line.send(message, hand_over)


class MailerConformance(LackingConformance):
    """Whoever stands behind the mailer port passes these."""

    protocol = Mailer

    async def test_it_says_who_messages_come_from(self, rig: MailRig) -> None:
        sender = opened(rig, small_isp(rig.numbers), Mailer).sender()
        assert "@" in sender.address
        assert sender.per_minute > 0

    async def test_a_message_arrives_as_it_was_written(self, rig: MailRig) -> None:
        world = small_isp(rig.numbers)
        assert (await send(rig, world, letter(world))).outcome is Outcome.SENT
        (mail,) = rig.arrived()
        wanted = letter(world)
        assert (mail.to, mail.subject, mail.message_id) == (wanted.to, wanted.subject, wanted.message_id)
        assert mail.body.replace("\r\n", "\n").strip() == wanted.body

    async def test_one_line_carries_many(self, rig: MailRig) -> None:
        world = small_isp(rig.numbers)
        async with opened(rig, world, Mailer).open() as line:
            for _ in range(3):
                assert (await line.send(letter(world), still_ours)).outcome is Outcome.SENT
        assert len(rig.arrived()) == 3

    async def test_it_asks_once_right_before_a_message_leaves(self, rig: MailRig) -> None:
        world, asked = small_isp(rig.numbers), list[int]()

        async def hand_over() -> None:
            asked.append(len(rig.arrived()))

        await send(rig, world, letter(world), hand_over)
        assert asked == [0]

    async def test_what_must_not_leave_does_not(self, rig: MailRig) -> None:
        world = small_isp(rig.numbers)

        async def hand_over() -> None:
            raise LeaseLost("another's by now")

        with pytest.raises(LeaseLost):
            await send(rig, world, letter(world), hand_over)
        assert not rig.arrived()

    async def test_what_the_far_side_refuses_is_said_and_never_raised(self, rig: MailRig) -> None:
        world = small_isp(rig.numbers)
        for outcome in (Outcome.BOUNCED, Outcome.LATER):
            rig.answer(outcome)
            delivery = await send(rig, world, letter(world))
            assert (delivery.outcome, delivery.trouble) == (outcome, False)
            assert delivery.said, "in a sentence"
        assert not rig.arrived()

    async def test_a_text_adds_no_header(self, rig: MailRig) -> None:
        world = small_isp(rig.numbers)
        for spoilt in (
            replace(letter(world), subject="Hi\r\nBcc: all@mail.example"),
            replace(letter(world), to="a@mail.example\r\nRCPT TO:<x@mail.example>"),
        ):
            assert (await send(rig, world, spoilt)).outcome is Outcome.FAILED
        assert not rig.arrived()
