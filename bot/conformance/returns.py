"""The port that reads what comes back by e-mail: in order, each once, and nothing changes by reading."""

from __future__ import annotations

from typing import Protocol

from bot.conformance.answers import check_answer
from bot.conformance.lacking import LackingConformance
from bot.conformance.rig import Rig, opened
from bot.conformance.world import World, small_isp
from plugins.email.port import Letter, OpenBox, Returns

MAIL = "From: mailer@far.example\r\nSubject: {}\r\n\r\nIt came back.\r\n"


class ReturnsRig(Rig, Protocol):
    """A mailbox, and a way to put mail into it."""

    def deliver(self, *mails: bytes) -> None:
        """Put messages into the mailbox, behind those that are there."""

    def recount(self, *mails: bytes) -> None:
        """Make the mailbox anew with these messages, so that the server counts them from one."""


def mails(*subjects: str) -> list[bytes]:
    """Return messages."""
    return [MAIL.format(subject).encode() for subject in subjects]


async def read(rig: Rig, world: World, after: int = 0, most: int = 20) -> list[Letter]:
    """Open the mailbox and read from it."""
    async with opened(rig, world, Returns).open() as box:
        letters = await box.read(after, most)
        check_answer(OpenBox, "read", letters, after, most)
        return list(letters)


async def known_as(rig: Rig, world: World) -> tuple[str, int]:
    """Return what the mailbox is called, and its validity."""
    async with opened(rig, world, Returns).open() as box:
        return box.name, box.validity


class ReturnsConformance(LackingConformance):
    """Whoever stands behind the returns port passes these."""

    protocol = Returns

    async def test_it_says_that_it_is_set_up(self, rig: ReturnsRig) -> None:
        opened(rig, small_isp(rig.numbers), Returns).check()

    async def test_messages_come_in_order_and_as_they_lie_there(self, rig: ReturnsRig) -> None:
        world = small_isp(rig.numbers)
        assert await read(rig, world) == []
        sent = mails("one", "two", "three")
        rig.deliver(*sent)
        letters = await read(rig, world)
        assert [letter.raw for letter in letters] == sent
        uids = [letter.uid for letter in letters]
        assert uids == sorted(set(uids))
        assert uids[0] > 0, "0 stands for none read yet"

    async def test_reading_goes_on_where_it_ended(self, rig: ReturnsRig) -> None:
        world = small_isp(rig.numbers)
        rig.deliver(*mails("one", "two", "three"))
        first = await read(rig, world, most=2)
        assert len(first) == 2
        (third,) = await read(rig, world, after=first[-1].uid)
        assert third.raw == mails("three")[0]
        assert await read(rig, world, after=third.uid) == [], "the last one is not read again and again"
        rig.deliver(*mails("four"))
        (fourth,) = await read(rig, world, after=third.uid)
        assert fourth.uid > third.uid

    async def test_reading_changes_nothing(self, rig: ReturnsRig) -> None:
        world = small_isp(rig.numbers)
        rig.deliver(*mails("one", "two"))
        known = await known_as(rig, world)
        once = await read(rig, world)
        assert await read(rig, world) == once
        assert await known_as(rig, world) == known

    async def test_one_that_stays_open_sees_what_comes(self, rig: ReturnsRig) -> None:
        world = small_isp(rig.numbers)
        async with opened(rig, world, Returns).open() as box:
            assert not await box.read(0, 5)
            rig.deliver(*mails("one"))
            assert [letter.raw for letter in await box.read(0, 5)] == mails("one")

    async def test_a_mailbox_that_is_counted_anew_says_so(self, rig: ReturnsRig) -> None:
        world = small_isp(rig.numbers)
        rig.deliver(*mails("one", "two"))
        name, validity = await known_as(rig, world)
        rig.recount(*mails("one"))
        again, anew = await known_as(rig, world)
        assert again == name
        assert anew != validity, "else what has been read is taken for something else"
        assert len(await read(rig, world)) == 1
