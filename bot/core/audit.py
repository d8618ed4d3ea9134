"""Reading the audit: is the chain whole, and who did what."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.core.audit_told import Beside
from bot.db import audit
from bot.db.audit import AuditRow, Head
from bot.db.database import Database

FIRST = bytes(32)
"""What the first row calls its predecessor."""
SEPARATOR = "\x1f"
BATCH = 2_000
MOST_PROBLEMS = 100


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One place where the chain does not hold; `kind` is changed, broken, missing, extra or cut.

    What was erased is none: a row of the chain says by whom and why.
    """

    seq: int
    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What `verify` found: how many rows it read, every problem, and the end of the chain.

    `erased` is beside how many of them what people wrote was erased, as other rows of the chain say.
    """

    rows: int
    erased: int = 0
    problems: tuple[Problem, ...] = ()
    head: Head | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, removed or put in."""
        return not self.problems


@dataclass(frozen=True, kw_only=True)
class Record:
    """One audit row for people: `facts` is its body read back."""

    seq: int
    at: datetime
    user_id: str
    by: str
    action_id: str
    event: str
    call_id: str | None
    things: tuple[str, ...]
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def digest(row: AuditRow) -> bytes:
    """Return the hash this row must have: over every column and its predecessor's hash."""
    at = row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    parts = (
        row.tenant_id,
        str(row.seq),
        at,
        row.user_id,
        row.action_id,
        row.event,
        row.call_id or "",
        SEPARATOR.join(map(str, row.things)),
        row.body,
        row.prev.hex(),
    )  # fmt: skip - the same order as in audit_append
    line = "".join(f"{len(part.encode())}:{part}" for part in parts)
    return hashlib.sha256(line.encode()).digest()


def is_plain(things: Sequence[object]) -> bool:
    """Say whether the hash tells these things apart: it is over all of them, joined.

    Rows are written that way only; "a" and "b" made one thing would else have the same hash.
    """
    return all(isinstance(thing, str) and thing and SEPARATOR not in thing for thing in things)


async def verify(database: Database, tenant_id: str, known: Sequence[Head] = ()) -> Verdict:
    """Walk the whole chain of a tenant and name everything that does not fit.

    `known` are heads kept elsewhere earlier: whoever may write the database could forge a whole
    new chain, but not one that still ends in them.
    """
    async with database.tenant(tenant_id) as session:
        head, last = await audit.get_head(session)
    walk = Walk(head=head, last=last, known={one.seq: one.hash for one in known})
    while not walk.ended:
        async with database.tenant(tenant_id) as session:
            rows = await audit.find_after(session, walk.seq, BATCH)
        for row in rows:
            walk.step(row)
        if len(rows) < BATCH:
            break
    if walk.beside.later(walk.seq):  # erased while we walked: the rows that say so came after the head
        async with database.tenant(tenant_id) as session:
            for row in await audit.find_after(session, walk.seq, BATCH):
                if digest(row) == row.hash:
                    walk.beside.learn(row)
    walk.end()
    return Verdict(rows=walk.rows, erased=walk.beside.count, problems=tuple(walk.problems), head=head)


class Walk:
    """Follows a chain row by row and notes what does not hold.

    Rows added while it walks lie behind the head it started from, and are left for the next walk.
    """

    def __init__(self, *, head: Head | None, last: int, known: Mapping[int, bytes]) -> None:
        self.seq, self.hash, self.rows = 0, FIRST, 0
        self.head, self.last = head, last
        self.known = dict(known)
        self.beside = Beside()
        self.problems: list[Problem] = []

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to read, or too much is wrong to go on."""
        return len(self.problems) >= MOST_PROBLEMS

    def step(self, row: AuditRow) -> None:
        """Check one row against its own hash and its predecessor."""
        if self.head is not None and row.seq > self.head.seq:
            return
        self.rows += 1
        if row.seq != self.seq + 1:
            self._note(row.seq, "missing", f"rows {self.seq + 1} to {row.seq - 1} are missing")
        elif row.prev != self.hash:
            self._note(row.seq, "broken", f"row {row.seq} does not follow from row {row.seq - 1}")
        if not is_plain(row.things) or digest(row) != row.hash:
            self._note(row.seq, "changed", f"row {row.seq} was changed")
        elif wrong := self.beside.step(row):
            self._note(row.seq, *wrong)
        if (kept := self.known.pop(row.seq, None)) is not None and kept != row.hash:
            self._note(row.seq, "changed", f"row {row.seq} is not the one whose hash was kept elsewhere")
        self.seq, self.hash = row.seq, row.hash

    def end(self) -> None:
        """Check the end of the chain."""
        if self.ended:
            return
        for seq in self.beside.unexplained():
            told = f"what stood beside row {seq} is gone, and no row says that it was erased"
            self._note(seq, "missing", told)
        end = self.head.seq if self.head else 0
        if self.head is None and self.rows:
            self._note(self.seq, "cut", "the note of where the chain ends is missing")
        elif self.seq < end:
            self._note(self.seq + 1, "cut", f"the chain was cut: rows {self.seq + 1} to {end} are missing")
        elif self.head is not None and self.head.hash != self.hash:
            self._note(end, "broken", f"row {end} is not the one the chain is noted to end in")
        if self.head is not None and self.last > end:
            self._note(self.last, "extra", f"rows {end + 1} to {self.last} were put in behind the end")
        for seq in sorted(self.known):
            self._note(seq, "cut", f"row {seq}, whose hash was kept elsewhere, is missing")

    def _note(self, seq: int, kind: str, text: str) -> None:
        self.problems.append(Problem(seq=seq, kind=kind, text=text))


async def search(  # noqa: PLR0913 - each is one way to narrow the search
    database: Database,
    tenant_id: str,
    *,
    user: str | None = None,
    action: str | None = None,
    event: str | None = None,
    call: str | None = None,
    things: Sequence[str] = (),
    verbs: Sequence[str] = (),
    also: Sequence[str] = (),
    without: Sequence[str] = (),
    text: str | None = None,
    named: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
) -> list[Record]:
    """Return the newest rows that fit everything given.

    `things` are such as `customer:100234`, and any of them will do; `action` is an id, or a plugin's name
    for all of its actions; `verbs` are beginnings of words in an action or event, `also` actions that will
    do instead, and `without` actions that are left out when they ran. Each of `named` stands in the row.
    """
    async with database.tenant(tenant_id) as session:
        rows = await audit.find_rows(
            session,
            user=user,
            action=action,
            event=event,
            call=call,
            things=things,
            verbs=verbs,
            also=also,
            without=without,
            words=text,
            named=named,
            since=since,
            until=until,
            limit=max(1, min(limit, 1000)),
        )  # fmt: skip - as they are given
    return [_record(row) for row in rows]


def _read(body: str | None) -> dict[str, Any]:
    try:
        facts = json.loads(body or "{}")
    except ValueError:  # somebody changed it; `verify` says so
        return {}
    return facts if isinstance(facts, dict) else {}


def _record(row: AuditRow) -> Record:
    facts = {**_read(row.body), **_read(row.told)}
    facts.pop("told", None)
    erased = f"(erased, see row {row.erased_seq})" if row.erased_seq else ""
    return Record(
        seq=row.seq,
        at=row.at,
        user_id=row.user_id,
        by=str(facts.get("by", "")),
        action_id=row.action_id,
        event=row.event,
        call_id=row.call_id,
        things=row.things,
        text=str(facts.get("text", erased)),
        facts=facts,
    )
