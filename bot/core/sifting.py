"""A part of the list that was just shown: "which is the oldest", "how many of them are business"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from bot.contract.action import Via
from bot.contract.money import Money
from bot.contract.reply import Reply, Table, Tone
from bot.core.cells import cell
from bot.core.figures import measured, number
from bot.core.leaving_out import denies, has, left_out, rows_without
from bot.core.row_words import BIGGEST, THEM
from bot.core.rows import MOST, SORTED, listing, ordered
from bot.core.threads import THING, listed_in
from bot.core.turn import Turn
from bot.core.wishes import ask_of
from bot.errors import UserError
from bot.understand.arguments import Kind, arguments_of
from bot.understand.mood import mood_of
from bot.understand.understanding import Verdict
from bot.understand.words import FUNCTION, tokens, word_set

OF_THEM = r"(?:\s+(?:one|ones|of (?:them|these|those|the(?:se)? \w+)))?"
MOST_OF = re.compile(
    rf"^(?:(?:and|ok|so)\s+)*(?:which|who|what){OF_THEM}(?:\s+{THING}s?)?\s*(?:is|are|has|was|owes|'s)\s+"
    rf"(?:the\s+)?(?P<most>{BIGGEST}|worst|most urgent|longest|weakest|(?:the\s+)?most|least)"
    r"(?:\s+(?:one|ones|of (?:them|these|those|all)|(?P<by>\w+)))?[\s?.!]*$",
    re.IGNORECASE,
)
OPEN_MOST = re.compile(
    r"^(?P<lead>(?:(?:and|ok|please|now)\s+)*(?:open|show(?: me)?|see|view|get|diagnose|close|take|assign)"
    rf"\s+)the\s+(?P<most>{BIGGEST})(?:\s+{THING})?(?P<rest>(?:\s+(?:to|for|with|please)\b.*)?)[\s?.!]*$",
    re.IGNORECASE,
)
COUNTED = re.compile(
    rf"^(?:(?:and|so|ok)\s+)*how many{OF_THEM}\s+(?:(?:is|are|have|has|do|does)\s+)?(?P<what>\S.*?){THEM}",
    re.IGNORECASE,
)
OF_THESE = re.compile(r"\b(?:of (?:them|these|those)|of the(?:se)? \w+|ones?)\b", re.IGNORECASE)
PART = re.compile(
    r"^(?:(?:and|ok|okay|now|then|but|show|me|list|no)\b[\s,]*)*"
    r"(?:(?P<only>only|just)\s+(?:the\s+|those\s+|these\s+)?(?:ones?\s+)?(?:(?:that|which|who)\s+(?:are|is)\s+)?"
    r"|(?:which|who)(?: ones?)?(?: of (?:them|these|those))\s+(?:is|are|has|have)(?:\s+|(?=n['’]t\b))"
    r"|(?:those|the ones)\s+(?:(?:that|which|who)\s+)?(?:are\s+|is\s+)?)"
    r"(?P<what>\S.*?)(?:\s+(?:ones?|please|pls))*[\s?.!]*$",
    re.IGNORECASE,
)
ALONE = re.compile(r"^(?P<what>\S+(?: \S+){0,3})\s+only[\s?.!]*$", re.IGNORECASE)
BOUND = re.compile(
    r"^(?:(?:and|ok|only|just|those|the ones)\s+)*(?P<side>worse|weaker|lower|less|smaller|under|below|fewer|"
    r"over|above|more|better|higher|bigger|larger|older|longer|stronger)(?:\s+than)?\s+(?P<n>[-−]?\d[\d,]*(?:\.\d+)?)\s*"
    r"(?P<unit>days?|times|[a-z]{1,4})?(?:\s+(?:only|please))?[\s?.!]*$",
    re.IGNORECASE,
)
UNDER = word_set("weaker lower less smaller under below fewer")
UP = word_set("oldest earliest smallest lowest weakest least")
OLD = word_set("oldest newest latest earliest longest")
SAYS_NOTHING = FUNCTION | word_set(
    "ones customers customer tickets ticket people accounts account lines rows"
)
MUCH, NAMED = 400, 5
"""No days, but money; columns in which a row may name what it is about."""
OWES = re.compile(r"\bowes?\b", re.IGNORECASE)
LONGEST, LONGEST_ALL = 5, 160
"""Words that describe a part of a list; letters of a message that does."""


async def sifted(turn: Turn) -> Reply | None:
    """Answer what is said about some rows of the last list, where its question cannot be narrowed so."""
    if turn.thread.asking or not listing(turn):
        return None
    words = turn.question.words
    if len(words) > LONGEST_ALL:
        return None
    if found := MOST_OF.match(words):
        return await _topmost(turn, found["most"].lower(), (found["by"] or "").lower())
    if found := OPEN_MOST.match(words):
        return await _opened(turn, found)
    if found := BOUND.match(words):
        return None if await _narrows(turn, words) else await _beyond(turn, found)
    return await _part(turn)


async def _part(turn: Turn) -> Reply | None:
    """Narrow the question by what is said of some rows, else choose the rows that say it."""
    words = turn.question.words
    found = COUNTED.match(words)
    counts = found is not None and OF_THESE.search(words[: found.start("what")]) is not None
    part = found if counts else PART.match(words) or ALONE.match(words)
    if part is None or len(part["what"].split()) > LONGEST:
        return None
    if denies(part["what"]):
        return await _but(turn, part["what"])
    if await _narrows(turn, f"only {part['what']}"):
        turn.question = replace(turn.question, words=f"only {part['what']}")
        return None
    return await _those(turn, part["what"], firm=not turn.thread.shown or counts)


async def _narrows(turn: Turn, words: str) -> bool:
    """Say whether the last question itself can be narrowed by these words."""
    last = turn.thread.last
    meant = await turn.desk.understander.understand(replace(ask_of(turn), words=words))
    same = meant.verdict is Verdict.CLEAR and last is not None and meant.action_id == last[0]
    return same and last is not None and dict(meant.args) != dict(last[1]) and not meant.best.unused


async def _whole(turn: Turn) -> tuple[Reply, Table | None]:
    """Run the last reading once more with all the rows it can give."""
    before = turn.thread
    action_id, args = before.last or ("", {})
    known = {a.name for a in arguments_of(turn.desk.view.action(action_id).item)}
    reply = await turn.call(action_id, {**args, **({"limit": MOST} if "limit" in known else {})}, Via.PERSON)
    turn.thread = replace(turn.thread, last=before.last)
    return reply, None if reply.error else listed_in(reply)


def _answer(turn: Turn, reply: Reply, table: Table, rows: Sequence[Sequence[Any]], text: str) -> Reply:
    """Return some rows of a list as an answer that can be pointed at."""
    shown = replace(table, rows=rows[:SORTED], total=None, title="")
    answer = Reply(
        text, table=shown if rows else None, evidence=reply.evidence, focus=reply.focus, private=reply.private
    )
    turn.thread = turn.thread.about(reply.focus)
    return turn.listed(answer) if rows else answer


def _of(table: Table) -> str:
    """Say of how many rows something is, where not all could be looked at."""
    total = table.total if table.total is not None else len(table.rows)
    seen = len(table.rows)
    return f"{total:,}" if seen >= total else f"the first {seen:,} of {total:,}; I can list no more at once"


def _column_for(table: Table, most: str, by: str) -> int | None:
    """Return the column by which something is the oldest, biggest or worst."""
    titles = [c.title.lower() for c in table.columns]
    if by and (at := next((i for i, t in enumerate(titles) if by.rstrip("s") in t), None)) is not None:
        return at
    if most in OLD:
        dated = (i for i in range(len(titles)) if _dated(table, i))
        return next(dated, next((i for i, t in enumerate(titles) if t in {"days", "age", "since"}), None))
    shown = [i for i in range(1, len(titles)) if measured(table, i)]
    money = [i for i in shown if any(isinstance(row[i], Money) for row in table.rows)]
    return next(iter(money or shown), None)


def _dated(table: Table, at: int) -> bool:
    values = [row[at] for row in table.rows if row[at] is not None]
    return bool(values) and all(hasattr(v, "year") for v in values)


async def _row_of(turn: Turn, most: str, by: str) -> tuple[Reply, Table | None, int, list[Sequence[Any]]]:
    reply, table = await _whole(turn)
    at = _column_for(table, most, by) if table else None
    if table is None or at is None:
        return reply, table, -1, []
    dated = _dated(table, at)
    down = most not in UP if not dated else most in {"newest", "latest"}
    if not dated and most in {"oldest", "longest"}:
        down = True  # the most days
    negative = all((number(r[at]) or 0) <= 0 for r in table.rows)
    if most == "worst" and negative and not dated:
        down = False  # the least light
    if dated:
        return reply, table, at, ordered(table, at, down=down)
    known = sorted((value, i) for i, row in enumerate(table.rows) if (value := number(row[at])) is not None)
    order = [i for _, i in (reversed(known) if down else known)]
    return reply, table, at, [table.rows[i] for i in order]


async def _topmost(turn: Turn, most: str, by: str) -> Reply | None:
    """Say which row of the list is the oldest, the biggest, the worst."""
    action_id, args = turn.thread.last or ("", {})
    known = {a.name: a.kind for a in arguments_of(turn.desk.view.action(action_id).item)}
    if most == "most" and not by and "biggest" in known and OWES.search(turn.question.words):
        most = "biggest"
    if known.get(most) is Kind.YES_NO and "limit" in known:  # its system can order them all
        return await turn.call(action_id, {**args, most: True, "limit": 1}, Via.PERSON)
    reply, table, at, rows = await _row_of(turn, most, by)
    if table is None:
        return reply
    if not rows:
        names = ", ".join(c.title for c in table.columns if c.title)
        return Reply(f"This list has nothing to tell that by; it has these columns: {names}.", tone=Tone.WARN)
    zone = turn.question.tenant.zone
    name = " ".join(cell(v, zone) for v in rows[0][:2])
    reply = replace(reply, focus={**reply.focus, **await _thing(turn, rows[0])})
    value = f"{table.columns[at].title.lower()} {cell(rows[0][at], zone)}"
    text = f"**{name}**: {value}, the {most} of {_of(table)}."
    return _answer(turn, reply, table, rows[:1], text)


async def _thing(turn: Turn, row: Sequence[Any]) -> Mapping[str, str]:
    """Return what a row is about, so that "show it" means it."""
    for words in [value for value in row[:NAMED] if isinstance(value, str) and value]:
        for kind in turn.desk.understander.kinds:
            with suppress(UserError):  # not for this person, or its system is away
                if found := [m for m in await turn.find(kind, words) if m.exact]:
                    return {kind: found[0].key}
    return {}


async def _opened(turn: Turn, found: re.Match[str]) -> Reply | None:
    """Put the row that is the newest into the place of the words for it: "open the newest"."""
    before, most = turn.thread, found["most"].lower()
    _reply, table, _at, rows = await _row_of(turn, most, "")
    turn.thread = before
    if table is None or not rows:
        return None
    turn.question = replace(turn.question, words=f"{found['lead']}{rows[0][0]}{found['rest']}")
    return None


async def _beyond(turn: Turn, found: re.Match[str]) -> Reply | None:
    """Show the rows whose figure is over or under a bound."""
    bound = float(found["n"].replace("−", "-").replace(",", ""))
    reply, table = await _whole(turn)
    at = _figured(table, bound, (found["unit"] or "").lower()) if table else None
    if table is None or at is None:
        return None
    side = found["side"].lower()
    under = side in UNDER or (side == "worse" and bound < 0)
    known = [(row, value) for row in table.rows if (value := number(row[at])) is not None]
    rows = [row for row, value in known if (value < bound if under else value > bound)]
    title, said = table.columns[at].title, f"{'under' if under else 'over'} {found['n']}"
    if not rows:
        return _answer(turn, reply, table, [], f"None of {_of(table)} has {title.lower()} {said}.")
    return _answer(turn, reply, table, rows, f"{len(rows):,} with {title.lower()} {said}, of {_of(table)}:")


def _figured(table: Table, bound: float, unit: str) -> int | None:
    """Return the column a bound is for: one of its unit, of money where it is much, else the first figure."""
    shown = [i for i in range(1, len(table.columns)) if measured(table, i)]
    named = [i for i in shown if unit and unit.rstrip("s") in table.columns[i].title.lower()]
    money = [i for i in shown if any(isinstance(row[i], Money) for row in table.rows)]
    return next(iter(named or (money if abs(bound) >= MUCH else []) or shown), None)


async def _those(turn: Turn, what: str, *, firm: bool) -> Reply | None:
    """Show the rows in which these words stand; None where none has them and they may mean something else."""
    telling, before = _telling(turn, what), turn.thread
    if not telling:
        return None
    said = {str(value).lower() for value in (before.last or ("", {}))[1].values()}
    if set(telling) <= said:  # it is narrowed by that already
        return (await _whole(turn))[0]
    reply, table = await _whole(turn)
    if table is None:
        turn.thread = before
        return None
    zone = turn.question.tenant.zone
    rows = [row for row in table.rows if has(telling, [cell(v, zone).lower() for v in row])]
    if not rows:
        turn.thread = before
        meant = await turn.desk.understander.understand(ask_of(turn))
        if meant.verdict is Verdict.CLEAR or mood_of(what).question or not firm:
            return None
        text = f"None of {_of(table)} says “{what}”. {_columns(table)}"
        return Reply(text, tone=Tone.WARN)
    return _answer(turn, reply, table, rows, f"{len(rows):,} with “{what}”, of {_of(table)}:")


async def _but(turn: Turn, what: str) -> Reply | None:
    """Show the rows in which these words do not stand; say so where that cannot be told from the list."""
    rest, before, zone = left_out(what), turn.thread, turn.question.tenant.zone
    reply, table = await _whole(turn)
    if table is None:
        return reply
    telling = _telling(turn, rest)
    rows = rows_without(table, what, telling, lambda value: cell(value, zone)) if telling else None
    if rows is None:
        turn.thread = before
        text = f"I cannot leave anything out for “{what}”: no row of {_of(table)} says it. {_columns(table)}"
        return Reply(text, tone=Tone.WARN)
    text = f"{len(rows):,} without “{rest}”, of {_of(table)}{':' if rows else '.'}"
    return _answer(turn, reply, table, rows, text)


def _telling(turn: Turn, what: str) -> list[str]:
    """Return the words that tell rows apart; "mine" is said by the name people sign in with."""
    telling = [t.low for t in tokens(what) if t.low not in SAYS_NOTHING]
    mine = turn.user.email and telling and set(telling) <= {"mine", "my", "me"}
    return [turn.user.email.split("@")[0].lower()] if mine else telling


def _columns(table: Table) -> str:
    return f"This list has: {', '.join(c.title for c in table.columns if c.title)}."
