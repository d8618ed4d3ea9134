"""Questions about the audit as people ask them: who suspended customer 100234, and when?"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial

from bot.contract.people import Tenant
from bot.contract.platform import AuditLine, AuditQuestion
from bot.core import audit
from bot.core.audit import Record
from bot.core.people import get_person_by_words
from bot.db.database import Database

SCAN = 500
"""Rows looked at closely for any thing of a sort, of those in which its words stand."""
ENDINGS = re.compile(r"(ed|ing|es|s|e)$")
WORD = re.compile(r"[a-z]{3,}")
ANYTHING = frozenset({"chang", "touch", "edit", "modifi", "modify", "handl", "work", "alter", "did", "done"})
"""Stems of verbs that narrow nothing down."""
WHATEVER = frozenset(
    {
        "anything",
        "something",
        "everything",
        "what",
        "it",
        "things",
        "stuff",
        "somebody",
        "anybody",
        "anyone",
        "someone",
    }
)
"""What an audit is about when it is about nothing in particular."""
MEANT: Mapping[str, tuple[str, ...]] = {
    "gave": ("grant", "credit", "give"),
    "took": ("revok", "forbid", "record"),
    "made": ("creat", "grant", "add"),
    "sent": ("send", "email", "mass"),
    "wrote": ("comment", "note", "answer", "send", "draft"),
    "paid": ("payment",),
    "book": ("payment", "schedul"),
    "turn": ("enabl", "disabl"),
    "switch": ("enabl", "disabl", "choos"),
    "cut": ("suspend", "disconnect", "deactivat", "terminat"),
    "block": ("suspend", "deactivat"),
    "lock": ("deactivat",),
    "unlock": ("activat",),
    "restart": ("reboot",),
    "let": ("allow", "activat", "grant"),
    "put": ("set", "add", "creat"),
    "logg": ("signed", "link"),
    "refund": ("credit", "revers"),
    "approv": ("approv", "agreed", "yes"),
    "reject": ("refus", "denied", "deni"),
}
"""Stems of what people say for what actions and events are called."""
LOOKED = frozenset(
    {"look", "view", "saw", "see", "seen", "read", "open", "check", "search", "inspect", "peek"}
)
"""Stems of verbs that mean looking something up, whatever the action is called."""
SOME = re.compile(r"^(?:an?|any|some) +(?=[^\d@]+$)", re.IGNORECASE)
"""Any thing of a sort: no certain one has a number or an address in its name."""


async def find_lines(
    database: Database,
    tenant: Tenant,
    kinds: Sequence[str],
    reads: Collection[str],
    question: AuditQuestion,
) -> list[AuditLine]:
    """Return the newest lines that fit; `about` is a number of any kind of thing, or `kind:number`.

    `reads` are the actions that change nothing, which are left out where only changes are asked for.
    """
    user = None
    if question.by:
        user = (await get_person_by_words(database, tenant, question.by)).id
    about, is_some = narrowing(question.about, kinds)
    things, words = _asked_about(about, kinds), question.words.strip()
    if about and not things and not is_some:
        words = words or about
    wanted = stem(question.did)
    wanted = "" if wanted in ANYTHING else wanted
    search = partial(
        audit.search,
        database,
        tenant.id,
        user=user,
        things=things,
        verbs=(wanted, *MEANT.get(wanted, ())) if wanted else (),
        also=sorted(reads) if wanted in LOOKED else (),
        without=sorted(reads) if question.changes_only else (),
        text=words or None,
        since=question.since,
        until=question.until,
    )
    if is_some:
        near = await search(named=sorted(_bare_words(about)), limit=SCAN)
        if of_sort := [as_line(one) for one in near if is_of(one, about)]:
            return of_sort[: question.limit]
    return [as_line(one) for one in await search(limit=question.limit)]


def _asked_about(about: str, kinds: Sequence[str]) -> list[str]:
    """Return the things meant; none for a name, which no thing goes by here: it is among the words."""
    if ":" in about:
        return [about]
    return [f"{kind}:{about}" for kind in kinds] if re.search(r"[\d@]", about) else []


def _is_kind(about: str, kinds: Sequence[str]) -> bool:
    """Say whether somebody asks about "customers", which narrows nothing down."""
    return about.lower().removesuffix("s") in kinds


def narrowing(about: str, kinds: Sequence[str]) -> tuple[str, bool]:
    """Return what an audit is about, and whether it is any thing of a sort: `an ont`, and no certain one.

    Empty for nothing in particular and for a kind of thing.
    """
    bare = about.strip()
    if bare.lower() in WHATEVER or _is_kind(bare, kinds):
        return "", False
    sort = SOME.sub("", bare)
    if sort == bare:
        return bare, False
    return ("", False) if _is_kind(sort, kinds) or sort.lower() in WHATEVER else (sort, True)


def is_of(record: Record, sort: str) -> bool:
    """Say whether a record is of a sort of thing: its action, or what it was about, is called so."""
    kinds = " ".join(thing.partition(":")[0] for thing in record.things)
    return _bare_words(f"{record.action_id} {kinds} {record.text}") >= _bare_words(sort)


def _bare_words(words: str) -> frozenset[str]:
    return frozenset(word.rstrip("s") for word in WORD.findall(words.lower()))


def stem(word: str) -> str:
    """Return a verb without its ending, e.g. `suspend` for `suspended`; empty for no word."""
    bare = word.strip().lower()
    return ENDINGS.sub("", bare) if len(bare) > len("used") else bare


def as_line(record: Record) -> AuditLine:
    """Return a record for people."""
    return AuditLine(
        seq=record.seq,
        at=record.at,
        by=record.by or record.user_id,
        event=record.event,
        action_id=record.action_id,
        text=record.text,
        things=record.things,
        call_id=record.call_id,
        thread=str(record.facts.get("thread") or ""),
    )
