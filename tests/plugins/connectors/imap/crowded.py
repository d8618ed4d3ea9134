"""A folder of as many messages as one likes, some of which cannot be fetched: IMAP as far as the connector speaks it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

MAIL = b"Subject: %d\r\nFrom: a@b.example\r\n\r\nHello\r\n"


@dataclass
class Crowd:
    """`uid_of` a place, counted from one; `bad` uids answer NO, nothing, BAD, or end the connection."""

    count: int
    uid_of: Callable[[int], int]
    bad: Mapping[int, str] = field(default_factory=dict)
    port: int = 0
    longest: int = 0
    connections: int = 0
    asked: list[str] = field(default_factory=list)
    mail: Callable[[int], bytes] = lambda uid: MAIL % uid

    def answer(self, words: str) -> bytes | None:
        """Return the answer to a command without its tag; None ends the connection."""
        if words.startswith("CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1\r\n"
        if words.startswith("EXAMINE"):
            return b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] known\r\n" % self.count
        if many := re.match(r"FETCH (\d+):(\d+) \(UID\)", words):
            first, last = int(many[1]), int(many[2])
            return b"".join(b"* %d FETCH (UID %d)\r\n" % (n, self.uid_of(n)) for n in range(first, last + 1))
        if one := re.match(r"UID FETCH (\d+) ", words):
            return self.fetch(int(one[1]))
        return b""

    def fetch(self, uid: int) -> bytes | None:
        how = self.bad.get(uid)
        if how == "bye":
            return None
        if how is not None:
            return b"" if how == "nothing" else how.encode()
        mail = self.mail(uid)
        return b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n%s)\r\n" % (uid, len(mail), mail)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.write(b"* OK here\r\n")
        while line := (await reader.readline()).decode().strip():
            tag, _, words = line.partition(" ")
            self.asked.append(words)
            said = self.answer(words)
            if said is None:
                break
            self.longest = max([self.longest, *map(len, said.splitlines())])
            refused = said in {b"NO", b"BAD"}
            end = f"{tag} {said.decode()} corrupt\r\n" if refused else f"{tag} OK done\r\n"
            writer.write((b"" if refused else said) + end.encode())
            await writer.drain()
        writer.close()


@asynccontextmanager
async def crowded(crowd: Crowd) -> AsyncIterator[Crowd]:
    """Run the server."""
    server = await asyncio.start_server(crowd.serve, "127.0.0.1", 0)
    crowd.port = server.sockets[0].getsockname()[1]
    try:
        yield crowd
    finally:
        server.close()
        await server.wait_closed()
