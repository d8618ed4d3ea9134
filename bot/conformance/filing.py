"""The tickets port: files on a ticket, kept byte for byte, read within the scope, removed for good."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import pytest

from bot.api import EVERYWHERE, NOWHERE, Conflict, LeaseLost, NotFound
from bot.conformance.merging import MergingConformance
from bot.conformance.rig import Rig, a_stranger, a_world, effect, lost, opened, there
from bot.conformance.scopes import NORTH, SOUTH
from plugins.tickets.port import MOST_FILES, NewAttachment, Tickets

PHOTO = bytes(range(256)) * 40
"""Every byte there is, also those no text holds."""


def a_file(name: str = "splice.jpg", content: bytes = PHOTO, media_type: str = "image/jpeg") -> NewAttachment:
    """Return a file to put on a ticket."""
    digest = sha256(content).hexdigest()
    return NewAttachment(name=name, media_type=media_type, size=len(content), sha256=digest, content=content)


class FilingConformance(MergingConformance):
    """Photos and documents on tickets."""

    protocol = Tickets

    async def test_files_come_back_as_they_were_with_who_when_and_what_was_said(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, slow = opened(rig, world, Tickets), world["tkt slow"]
        log = a_file("line ü.txt", b"up\r\ndown\0", "text/plain")
        for _ in range(2):
            kept = await port.attach(effect(world, "a"), slow, [a_file(), log], "Splice redone")
            assert [(one.name, one.ticket, one.note, one.by) for one in kept] == [
                ("splice.jpg", slow, "Splice redone", "Chipo Dube"),
                ("line ü.txt", slow, "Splice redone", "Chipo Dube"),
            ]
        found = await port.attachments(EVERYWHERE, slow)
        assert sorted(one.number for one in found) == sorted(one.number for one in kept), "once, not twice"
        photo, text = [there(await port.attachment(EVERYWHERE, one.number)) for one in kept]
        assert (photo.media_type, photo.size, photo.sha256) == (
            "image/jpeg",
            len(PHOTO),
            sha256(PHOTO).hexdigest(),
        )
        assert photo.at == world.now
        assert await port.read_attachment(EVERYWHERE, photo.number) == PHOTO
        assert await port.read_attachment(EVERYWHERE, text.number) == b"up\r\ndown\0"
        lines = [
            (line.body, line.internal) for line in await port.history(EVERYWHERE, slow) if line.kind == "file"
        ]
        assert lines == [("Splice redone", True)]
        assert await port.applied(effect(world, "a").key)

    async def test_a_file_lies_where_its_ticket_lies(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, mill = opened(rig, world, Tickets), world["tkt mill"]
        (kept,) = await port.attach(effect(world, "a"), mill, [a_file()])
        assert [one.number for one in await port.attachments(SOUTH, mill)] == [kept.number]
        stranger = await a_stranger(rig, Tickets)
        for eyes, scope in ((port, NORTH), (port, NOWHERE), (stranger, EVERYWHERE)):
            assert not await eyes.attachments(scope, mill)
            assert await eyes.attachment(scope, kept.number) is None
            assert await eyes.read_attachment(scope, kept.number) is None
        assert await port.read_attachment(SOUTH, kept.number) == PHOTO

    async def test_files_of_a_duplicate_are_told_by_the_one_that_goes_on(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, slow, light = opened(rig, world, Tickets), world["tkt slow"], world["tkt light"]
        await port.attach(effect(world, "a"), slow, [a_file()])
        await port.merge(effect(world, "m"), slow, light)
        assert [one.ticket for one in await port.attachments(EVERYWHERE, light)] == [slow]

    async def test_no_more_fit_than_are_said_to(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, slow = opened(rig, world, Tickets), world["tkt slow"]
        few = [a_file(f"{nr}.txt", b"x", "text/plain") for nr in range(MOST_FILES - 1)]
        await port.attach(effect(world, "most"), slow, few)
        with pytest.raises(Conflict):
            await port.attach(effect(world, "two"), slow, [a_file(), a_file()])
        at_once = [port.attach(effect(world, key), slow, [a_file()]) for key in "uvwxyz"]
        ends = await asyncio.gather(*at_once, return_exceptions=True)
        assert sum(isinstance(end, Conflict) for end in ends) == len(ends) - 1, ends
        assert len(await port.attachments(EVERYWHERE, slow, 99)) == MOST_FILES

    async def test_what_is_removed_is_gone_and_the_history_says_so(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, slow = opened(rig, world, Tickets), world["tkt slow"]
        one, two = await port.attach(effect(world, "a"), slow, [a_file("a.jpg"), a_file("b.jpg")])
        (other,) = await port.attach(effect(world, "b"), world["tkt light"], [a_file()])
        for _ in range(2):
            gone = await port.detach(effect(world, "d"), slow, [one.number, other.number, "no-such-file"])
            assert list(gone) == ["a.jpg"]
        assert await port.attachment(EVERYWHERE, one.number) is None
        assert await port.read_attachment(EVERYWHERE, one.number) is None
        assert [left.number for left in await port.attachments(EVERYWHERE, slow)] == [two.number]
        assert await port.read_attachment(EVERYWHERE, other.number) == PHOTO
        said = [line for line in await port.history(EVERYWHERE, slow) if "a.jpg" in line.body]
        assert len(said) == 2, "the line it came with, and the one that says who removed it"

    async def test_files_that_cannot_be_kept_leave_nothing(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, slow = opened(rig, world, Tickets), world["tkt slow"]
        with pytest.raises(NotFound):
            await port.attach(effect(world, "n"), "no-such-ticket", [a_file()])
        with pytest.raises(LeaseLost):
            await port.attach(effect(world, "l", check=lost), slow, [a_file()])
        assert not await port.attachments(EVERYWHERE, slow)
        assert not await port.history(EVERYWHERE, slow)
