"""The audit: one hash chain of rows per tenant, never changed; what people wrote stands beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

COLUMNS = (
    "a.tenant_id, a.seq, a.at, a.user_id, a.action_id, a.event, a.call_id, a.things, a.body, a.prev, a.hash, "
    "t.told, t.salt, t.erased_seq"
)
NAMED = (
    "lower(concat_ws(' ', replace(a.action_id, '_', ' '), array_to_string(a.things, ' '), a.body, t.told))"
)
"""All that a row says of what it is about."""
EVERY_NAMED = f"(select bool_and(strpos({NAMED}, one) > 0) from unnest(cast(:named as text[])) as one)"  # noqa: S608 - a constant
ROWS = "audit as a left join audit_texts as t on t.tenant_id = a.tenant_id and t.seq = a.seq"


@dataclass(frozen=True, kw_only=True)
class AuditRow:
    """One row as it stands in the table, with what stands beside it, or the row that says it was erased."""

    tenant_id: str
    seq: int
    at: datetime
    user_id: str
    action_id: str
    event: str
    call_id: str | None
    things: tuple[str, ...]
    body: str
    prev: bytes
    hash: bytes
    told: str | None = None
    salt: bytes | None = None
    erased_seq: int | None = None

    @classmethod
    def of(cls, row: Row[Any]) -> AuditRow:
        """Read a row of `audit`."""
        values = row._asdict()
        values["tenant_id"] = str(row.tenant_id)
        values["call_id"] = str(row.call_id) if row.call_id else None
        values["things"] = tuple(row.things)
        return cls(**values)


@dataclass(frozen=True, kw_only=True)
class Head:
    """The end of a chain: cutting rows off leaves it behind. Keep a copy elsewhere to notice more."""

    seq: int
    hash: bytes


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A row to be appended; `body` holds the hash of `salt` and `told`, where there is something told."""

    at: datetime
    user_id: str
    action_id: str
    event: str
    body: str
    call_id: str | None = None
    things: Sequence[str] = ()
    told: str | None = None
    salt: bytes | None = None


FACTS = ":at, :user, :action, :event, cast(:call as uuid), cast(:things as text[]), :body, :quiet"
APPEND = text(f"select audit_append({FACTS})")
APPEND_TOLD = text(f"select audit_append_told({FACTS}, :told, cast(:salt as bytea))")


async def do_append(session: AsyncSession, entry: Entry, *, quiet: bool = False) -> int:
    """Append a row and return its number; the chain is held until the transaction ends, so do it last.

    `quiet` rows (reads) do not wait for the disk; a crash may lose the newest of them, never a link.
    """
    told = {} if entry.told is None else {"told": entry.told, "salt": entry.salt}
    rows = await session.execute(
        APPEND_TOLD if told else APPEND,
        {
            "at": entry.at,
            "user": entry.user_id,
            "action": entry.action_id,
            "event": entry.event,
            "call": entry.call_id,
            "things": list(entry.things),
            "body": entry.body,
            "quiet": quiet,
            **told,
        },
    )  # fmt: skip - as it reads in SQL
    return int(rows.scalar_one())


async def get_head(session: AsyncSession) -> tuple[Head | None, int]:
    """Return where the tenant's chain is noted to end (None: nowhere yet), and its last row's number."""
    rows = await session.execute(
        text(
            "select h.seq, h.hash, last from (select max(seq) as last from audit) as a "
            "left join audit_heads as h on true"
        )
    )
    row = rows.one()
    head = None if row.seq is None else Head(seq=row.seq, hash=bytes(row.hash))
    return head, int(row.last or 0)


async def find_after(session: AsyncSession, seq: int, limit: int = 2000) -> list[AuditRow]:
    """Return the rows after a number, in order."""
    rows = await session.execute(
        text(f"select {COLUMNS} from {ROWS} where a.seq > :seq order by a.seq limit :n"),  # noqa: S608 - a constant
        {"seq": seq, "n": limit},
    )
    return [AuditRow.of(row) for row in rows]


async def find_rows(  # noqa: PLR0913 - each is one way to narrow the search
    session: AsyncSession,
    *,
    user: str | None = None,
    action: str | None = None,
    event: str | None = None,
    call: str | None = None,
    things: Sequence[str] = (),
    verbs: Sequence[str] = (),
    also: Sequence[str] = (),
    without: Sequence[str] = (),
    words: str | None = None,
    named: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
) -> list[AuditRow]:
    """Return the newest rows that fit everything given; `things` fits any of them.

    `verbs` are beginnings of a word in the action or event, and `also` are actions that will do instead;
    `without` are actions that, when they ran, are left out. Each of `named` stands in the action, the
    things or the words.
    """
    wheres, binds = ["true"], {"n": limit, **({"also": list(also)} if verbs else {})}
    for given, where, name in (
        (user, "a.user_id = :user", "user"),
        (action, "(a.action_id = :action or a.action_id like :action || '\\_%')", "action"),
        (event, "a.event = :event", "event"),
        (call, "a.call_id::text = lower(:call)", "call"),
        (list(things) or None, "a.things && cast(:things as text[])", "things"),
        (_verb(verbs), "(a.action_id || ' ' || a.event ~ :verb or a.action_id = any(:also))", "verb"),
        (list(without) or None, "not (a.event = 'ran' and a.action_id = any(:without))", "without"),
        (words, "strpos(lower(a.body || coalesce(t.told, '')), lower(:words)) > 0", "words"),
        (list(named) or None, EVERY_NAMED, "named"),
        (since, "a.at >= :since", "since"),
        (until, "a.at < :until", "until"),
    ):
        if given is not None:
            wheres.append(where)
            binds[name] = given
    rows = await session.execute(
        text(f"select {COLUMNS} from {ROWS} where {' and '.join(wheres)} order by a.seq desc limit :n"),  # noqa: S608 - the wheres are ours
        binds,
    )
    return [AuditRow.of(row) for row in rows]


def _verb(stems: Sequence[str]) -> str | None:
    """Return the pattern of a word that begins so; None for no verb."""
    return f"(^|[^a-z])({'|'.join(map(re.escape, stems))})" if stems else None


async def find_told(session: AsyncSession, thing: str, limit: int = 200) -> list[int]:
    """Return the numbers of rows about a thing beside which something still stands, oldest first."""
    rows = await session.execute(
        text(
            f"select a.seq from {ROWS} where a.things && array[:thing] and t.told is not null "  # noqa: S608 - a constant
            "order by a.seq limit :n"
        ),
        {"thing": thing, "n": limit},
    )
    return [row.seq for row in rows]


async def find_naming(session: AsyncSession, pattern: str, limit: int = 200) -> list[int]:
    """Return the numbers of rows beside which something stands that this pattern finds, oldest first."""
    rows = await session.execute(
        text(f"select a.seq from {ROWS} where t.told ~ :pattern order by a.seq limit :n"),  # noqa: S608 - a constant
        {"pattern": pattern, "n": limit},
    )
    return [row.seq for row in rows]


async def do_erase(session: AsyncSession, entry: Entry, seqs: Sequence[int]) -> int:
    """Erase what stands beside these rows and append the row that says so; return its number."""
    rows = await session.execute(
        text("select audit_erase(:at, :user, cast(:things as text[]), :body, cast(:seqs as bigint[]))"),
        {
            "at": entry.at,
            "user": entry.user_id,
            "things": list(entry.things),
            "body": entry.body,
            "seqs": list(seqs),
        },
    )
    return int(rows.scalar_one())
