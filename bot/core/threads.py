"""What a conversation is about: what "her", "the second one" and "yes" mean in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.contract.action import Via
from bot.contract.reply import Reply, Table
from bot.core.desk import Rows
from bot.core.question import Question
from bot.db import threads

MOST_PICKS = 20
MOST_FOCUS = 6
FINAL = "final"
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()  # noqa: SIM905 - a list in order
THING = (
    r"(?:one|ticket|case|customer|invoice|bill|payment|device|site|outage|row|entry|option|choice|item|visit|"
    r"message|mail|note|reminder|window|person|guy|lady)"
)
NUMBERED = re.compile(
    rf"^(?:(?:and|ok|the|option|number|no\.?|#|pick|choose|take|select)\s*)*(?:(?P<n>\d{{1,2}})[.)]?|"
    rf"(?P<o>{'|'.join(ORDINALS)}|last|\d{{1,2}}(?:st|nd|rd|th))(?:\s+{THING})?)[\s?.!]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Pick:
    """Something of the last reply that can be chosen: a choice says words, a button makes a call.

    `asks` names arguments to ask for before the call. `about` is what tells one of several things of a
    name from the others, where one of them was asked for.
    """

    label: str
    words: str = ""
    action_id: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    via: Via = Via.PERSON
    asks: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class LeftOpen:
    """A thing that was named, and several are called so: which one was asked and not answered yet.

    The call is the one it was named for, `picks` what could be chosen. After `turns` more messages it is
    forgotten.
    """

    kind: str
    words: str
    action_id: str
    args: Mapping[str, Any]
    argument: str
    via: Via
    turns: int = 5
    picks: tuple[Pick, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A call that lacks an argument the bot has asked for; forgotten after `turns` questions between."""

    action_id: str
    args: Mapping[str, Any]
    argument: str
    via: Via = Via.PERSON
    turns: int = 2

    def later(self) -> Asking | None:
        """Return what is still asked for after one more question."""
        return replace(self, turns=self.turns - 1) if self.turns > 0 else None


@dataclass(frozen=True, kw_only=True)
class Thread:
    """One person's view of a conversation. `focus` is shared with the others in it, the latest last.

    `undoable` is the call that "undo" means; FINAL after a change that cannot be taken back.
    `version` stands for the preview of the `waiting` call that this person saw; `others` are what else
    could have been meant when the last message took one of a list. `shown` is how many rows of the last list
    were shown when it has more, and `order` the words it was sorted by. `walk` are the rows of the last list,
    also after one of them was opened, and `at` the place of the one that was: "the next one". `before` is
    whom the thread was about before, by kind; `parked` the call that waited, and
    `paused` what was asked for, when a question came between. `failed` is the change the last message
    wished for and that was refused, `listing` the last reading that gave a list, also after a row was opened.
    `promised` is the reminder to offer once the wish beside a promise is done. `unanswered` is the last
    question, where it was asked back or failed; `named` what the last reply named, by kind; `part` the rows
    that were kept of the last list: "without an assignee", of all tickets.
    """

    focus: Mapping[str, str] = field(default_factory=dict)
    picks: tuple[Pick, ...] = ()
    rows: tuple[str, ...] = ()
    asking: Asking | None = None
    last: tuple[str, Mapping[str, Any]] | None = None
    waiting: str = ""
    version: str = ""
    undoable: str = ""
    others: tuple[Pick, ...] = ()
    shown: int = 0
    order: str = ""
    left_open: LeftOpen | None = None
    walk: tuple[str, ...] = ()
    at: int = -1
    before: Mapping[str, str] = field(default_factory=dict)
    parked: str = ""
    paused: Asking | None = None
    failed: tuple[str, Mapping[str, Any]] | None = None
    listing: tuple[str, Mapping[str, Any]] | None = None
    promised: tuple[str, Mapping[str, Any]] | None = None
    unanswered: str = ""
    part: tuple[str, ...] = ()
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def about(self, focus: Mapping[str, str]) -> Thread:
        """Return the thread with these things in focus, the latest last."""
        kept = {kind: key for kind, key in self.focus.items() if kind not in focus}
        focus = dict(sorted(focus.items(), key=lambda one: _part_of_another(one[1], focus)))
        latest = {**kept, **{kind: key for kind, key in focus.items() if key}}
        settled = self.left_open is not None and focus.get(self.left_open.kind)
        left_open = None if settled else self.left_open
        gone = {kind: key for kind, key in self.focus.items() if focus.get(kind) not in {None, "", key}}
        before = {**self.before, **gone}
        return replace(
            self, focus=dict(list(latest.items())[-MOST_FOCUS:]), left_open=left_open, before=before
        )


def _part_of_another(key: str, focus: Mapping[str, str]) -> bool:
    """Say whether a thing is part of another one of these: "there" is the port, not the whole device."""
    return any(key.startswith(f"{other} ") for other in focus.values() if other)


def picks_of(reply: Reply, via: Via = Via.PERSON) -> tuple[Pick, ...]:
    """Return what of a reply can be chosen, in the order in which it is numbered: choices, then buttons."""
    said = [Pick(label=c.label, words=c.words, via=via) for c in reply.choices]
    pressed = [Pick(label=b.label, action_id=b.action_id, args=dict(b.args)) for b in reply.buttons]
    return tuple([*said, *pressed][:MOST_PICKS])


def picks(reply: Reply) -> tuple[str, ...]:
    """Return what can be chosen by number, as a surface that numbers it shows it; a table has the details."""
    brief = reply.table is not None
    said = [f"{c.label} · {c.detail}" if c.detail and not brief else c.label for c in reply.choices]
    return tuple([*said, *(b.label for b in reply.buttons)][:MOST_PICKS])


WHEN = frozenset({"When", "At", "On", "Day", "Time", "Date"})
"""Columns that name no thing: nothing is meant by the second of two hours."""
NAMES = frozenset({"Account", "Ticket", "Invoice", "Payment", "Visit", "Reminder", "Outage", "Device"})
"""Columns that name a thing also behind a day."""


def listed_in(reply: Reply) -> Table | None:
    """Return the list of a reply: of several tables the first that goes on, else the last."""
    tables = [t for t in (reply.table, *reply.tables) if t is not None]
    longer = (t for t in tables if t.total is not None and t.total > len(t.rows))
    return next(longer, tables[-1] if tables and not reply.table else reply.table)


def shown_of(reply: Reply) -> int:
    """Return how many rows of a list were shown, 0 when these are all."""
    table = listed_in(reply)
    more = table is not None and table.total is not None and table.total > len(table.rows)
    return len(table.rows) if table is not None and more else 0


def rows_of(reply: Reply) -> tuple[str, ...]:
    """Return the first cell of each row shown, so that "the second one" names something."""
    tables = [t for t in (reply.table or None, *reply.tables) if t is not None and t.columns and t.rows]
    last = reply.table or (tables[-1] if tables else None)
    if last is None or (at := _naming(last)) is None:
        return ()
    if reply.table is None:  # of several lists of the same things the first is the one that is meant
        title = last.columns[at].title
        last, at = next(
            (t, i) for t in tables if (i := _naming(t)) is not None and t.columns[i].title == title
        )
    rows = tuple(str(row[at]) for row in last.rows[:MOST_PICKS] if row and row[at])
    return () if reply.focus and all(row.isdigit() and len(row) < 3 for row in rows) else rows  # noqa: PLR2004 - parts of the one thing


def only_one(reply: Reply) -> bool:
    """Say whether all that a reply lists is one customer."""
    rows, tables = rows_of(reply), [t for t in (reply.table, *reply.tables) if t is not None and t.rows]
    return len(rows) == 1 and any(
        (at := _naming(t)) is not None and t.columns[at].title == "Account" for t in tables
    )


def _naming(table: Table) -> int | None:
    """Return the column whose cells name things; behind a day only one that says what it names."""
    titles = [column.title for column in table.columns[:2]]
    if not titles or titles[0] not in WHEN:
        return 0 if titles else None
    return 1 if titles[1:] and titles[1] in NAMES else None


def chosen(thread: Thread, words: str) -> Pick | str | None:
    """Return the pick these words choose, or the thing of the row they name; None if they do neither."""
    low = words.strip().lower()
    for pick in thread.picks:
        if low and low in {pick.label.lower(), pick.words.lower()}:
            return pick
    found = NUMBERED.match(low)
    if not found:
        return None
    listed: Sequence[Pick | str] = thread.picks or thread.rows
    if found["o"]:
        listed = thread.rows or thread.walk or thread.picks
        at = place_of(found["o"], len(listed))
    else:
        at = int(found["n"]) - 1
    return listed[at] if 0 <= at < len(listed) else None


def place_of(word: str, length: int) -> int:
    """Return the place in a list that "second", "3rd" or "last" means."""
    low = word.lower()
    if low == "last":
        return length - 1
    return ORDINALS.index(low) if low in ORDINALS else int(low[:-2]) - 1


async def get_thread(database: Rows, question: Question) -> Thread:
    """Return what is kept of this conversation for this person.

    What another version of the bot kept in a form this one cannot read is forgotten, save the focus.
    """
    async with database.tenant(question.tenant.id) as session:
        shared, own = await threads.get_thread(session, question.surface, question.thread, question.user.id)
    focus = _in_order(shared)
    try:
        return replace(_read(own), focus=focus)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return Thread(focus=focus)


def _in_order(shared: Mapping[str, Any]) -> dict[str, str]:
    """Return what the thread is about, the latest last: the database keeps no order of keys."""
    focus = shared.get("focus", {})
    return {kind: focus[kind] for kind in (*shared.get("order", ()), *focus) if kind in focus}


def _read(own: Mapping[str, Any]) -> Thread:
    asking, last = own.get("asking"), own.get("last")
    left = own.get("left_open")
    paused, failed, listing, promised = map(own.get, ("paused", "failed", "listing", "promised"))
    return Thread(
        picks=_picks(own.get("picks", ())),
        others=_picks(own.get("others", ())),
        rows=tuple(own.get("rows", ())),
        asking=Asking(**{**asking, "via": Via(asking["via"])}) if asking else None,
        last=(last[0], last[1]) if last else None,
        waiting=own.get("waiting", ""),
        version=own.get("version", ""),
        undoable=own.get("undoable", ""),
        shown=int(own.get("shown", 0)),
        order=str(own.get("order", "")),
        left_open=_left(left) if left else None,
        walk=tuple(own.get("walk", ())),
        at=int(own.get("at", -1)),
        before=dict(own.get("before", {})),
        parked=str(own.get("parked", "")),
        paused=Asking(**{**paused, "via": Via(paused["via"])}) if paused else None,
        failed=(failed[0], failed[1]) if failed else None,
        listing=(listing[0], listing[1]) if listing else None,
        promised=(promised[0], promised[1]) if promised else None,
        unanswered=str(own.get("unanswered", "")),
        part=tuple(own.get("part", ())),
        named={kind: tuple(keys) for kind, keys in own.get("named", {}).items()},
    )


def _left(kept: Mapping[str, Any]) -> LeftOpen:
    return LeftOpen(**{**kept, "via": Via(kept["via"]), "picks": _picks(kept.get("picks", ()))})


def _picks(kept: Sequence[Mapping[str, Any]]) -> tuple[Pick, ...]:
    return tuple(Pick(**{**p, "via": Via(p["via"]), "asks": tuple(p["asks"])}) for p in kept)


async def do_save_thread(database: Rows, question: Question, before: Thread, after: Thread) -> None:
    """Keep what has changed: the focus for all in the thread, the rest for this person."""
    if before == after and list(before.focus) == list(after.focus):
        return
    own = {k: v for k, v in asdict(after).items() if k != "focus"}
    async with database.tenant(question.tenant.id) as session:
        where = (session, question.surface, question.thread)
        if list(before.focus.items()) != list(after.focus.items()):
            shared = {"focus": dict(after.focus), "order": list(after.focus)}
            await threads.do_save_thread(*where, threads.SHARED, shared)
        await threads.do_save_thread(*where, question.user.id, own)
