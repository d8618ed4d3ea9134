"""Folders of very many messages, and of messages that no server hands out."""

from __future__ import annotations

import asyncio
import imaplib

import pytest

from bot.api import Unavailable
from tests.plugins.connectors.imap.crowded import Crowd, crowded
from tests.plugins.connectors.imap.server import ImapServer
from tests.plugins.connectors.imap.test_imap import MAIL, make, read


def sparse(place: int) -> int:
    return 5 + place * 20_000 + place % 3


async def found(crowd: Crowd, after: int = 0, most: int = 20) -> list[tuple[int, bool]]:
    async with make(crowd.port).open() as folder:
        return [(letter.uid, letter.raw is not None) for letter in await folder.read(after, most)]


@pytest.mark.parametrize("uid_of", [sparse, lambda place: place])
async def test_two_hundred_thousand_messages_are_found_in_short_answers(uid_of):
    async with crowded(Crowd(200_000, uid_of)) as crowd:
        for after in (0, 1, uid_of(1), uid_of(77_777), uid_of(77_777) + 1, uid_of(199_998), uid_of(200_000)):
            wanted = [uid_of(n) for n in range(1, 200_001) if uid_of(n) > after][:20]
            assert await found(crowd, after) == [(uid, True) for uid in wanted]
        assert crowd.longest < 100, "not a line for imaplib to choke on"
        assert len(crowd.asked) < 7 * (20 + 40)


async def test_a_real_server_with_holes(imap: ImapServer):
    """UIDs of deleted messages are gone: the place of a message says nothing about its UID."""

    def fill() -> str:
        folder = imap.folder()
        imap.put(folder, *(MAIL.format(nr) for nr in range(1, 41)))
        with imap.logged_in() as server:
            server.select(f'"{folder}"')
            server.store("1:9,15:30,40", "+FLAGS", r"(\Deleted)")
            server.expunge()
        return folder

    folder = await asyncio.to_thread(fill)
    box = make(imap.port, folder=folder)
    uids = [uid for uid, _ in await read(box, most=99)]
    assert len(uids) == 40 - 9 - 16 - 1
    for after in range(uids[-1] + 2):
        assert [uid for uid, _ in await read(box, after=after, most=3)] == [u for u in uids if u > after][:3]


@pytest.mark.parametrize("how", ["NO", "BAD", "nothing"])
async def test_what_cannot_be_fetched_is_told_with_what_is_behind_it(how: str):
    bad = dict.fromkeys(range(1, 26), how)
    async with crowded(Crowd(30, int, bad)) as crowd:
        letters = await found(crowd, most=3)
    assert letters == [(uid, uid > 25) for uid in range(1, 29)]


async def test_messages_that_end_the_connection_are_passed_over():
    async with crowded(Crowd(5, int, {2: "bye", 4: "bye"})) as crowd:
        assert await found(crowd) == [(uid, uid not in {2, 4}) for uid in range(1, 6)]
        assert crowd.connections == 3
        crowd.bad = dict.fromkeys(range(1, 6), "bye")
        with pytest.raises(Unavailable, match="ended the connection"):
            await found(crowd)


async def test_a_folder_that_is_counted_anew_meanwhile_is_left():
    crowd = Crowd(3, int)
    async with crowded(crowd), make(crowd.port).open() as folder:
        assert len(await folder.read(0, 5)) == 3
        old = crowd.answer
        crowd.answer = lambda words: (old(words) or b"").replace(b"UIDVALIDITY 7", b"UIDVALIDITY 8")  # type: ignore[method-assign]
        with pytest.raises(Unavailable, match="anew"):
            await folder.read(0, 5)


def test_why_no_search_is_made():
    assert imaplib._MAXLINE <= 1_000_000, "a search over 150,000 messages answers in a longer line"  # type: ignore[attr-defined]
