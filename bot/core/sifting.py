"""A part of the list that was just shown: "which is the oldest", "how many of them are business"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.contract.action import Action
from bot.contract.reply import Reply, Table, Tone
from bot.core.bounded import BOUND, beyond
from bot.core.cells import cell
from bot.core.either import either
from bot.core.extremes import ALONE as MOST_ALONE
from bot.core.extremes import FOR_MOST, MOST_OF, OPEN_MOST, opened_most, topmost
from bot.core.figures import figure_of
from bot.core.first_of import SOME, first_of
from bot.core.going_on import act_within
from bot.core.kept_rows import kept
from bot.core.leaving_out import SEVERAL, column_of, denies, has, left_out, rows_without, said_without
from bot.core.narrower import lasting, narrowed_to
from bot.core.not_anew import says_what
from bot.core.row_words import OF_THEM, THEM
from bot.core.rows import listing
from bot.core.turn import Turn
from bot.core.whole_list import part_of, seen_of, whole_list
from bot.core.wishes import ask_of
from bot.understand.elliptic import goes_back
from bot.understand.mood import mood_of
from bot.understand.understanding import Guess, Verdict
from bot.understand.words import FUNCTION, tokens, word_set

COUNTED = re.compile(
    rf"^(?:(?:and|so|ok)\s+)*how many{OF_THEM}\s+"
    rf"(?:(?:is|are|was|were|have|has|had|do|does|did)\s+)?(?P<what>\S.*?){THEM}",
    re.IGNORECASE,
)
OF_THESE = re.compile(
    r"\b(?:of (?:them|these|those)|of the(?:se)? \w+|ones?)\b|"
    r"\bhow many\s+(?:are|is|was|were|have|has|had)\s+$",
    re.IGNORECASE,
)
KINDLY = re.compile(r"^(?:(?:and|so|ok)\s+)*how many\s+(?P<what>\S+)(?:\s+ones?)?[\s?.!]*$", re.IGNORECASE)
"""Counts those of a sort, without saying of what."""
PART = re.compile(
    r"^(?:(?:and|ok|okay|now|then|but|show|me|list|no)\b[\s,]*)*"
    r"(?:(?P<only>only|just)\s+(?:the\s+|those\s+|these\s+)?(?:ones?\s+)?(?:(?:that|which|who)\s+(?:are|is)\s+)?"
    r"|(?:which(?: ones?)?(?: of (?:them|these|those))?|who of (?:them|these|those))\s+(?:is|are|has|have)"
    r"(?:\s+(?!(?:the|our|my)\b)|(?=n['’]t\b))"
    r"|(?:those|the ones)\s+(?:(?:that|which|who)\s+)?(?:are\s+|is\s+)?|(?=(?:without|with no|except)\s))"
    r"(?P<what>\S.*?)(?:\s+(?:ones?|please|pls))*[\s?.!]*$",
    re.IGNORECASE,
)
ALONE = re.compile(r"^(?P<what>\S+(?: \S+){0,3})\s+only[\s?.!]*$", re.IGNORECASE)
SAYS_NOTHING = FUNCTION | word_set(
    "ones customers customer tickets ticket people accounts account lines rows"
)
DID = re.compile(
    r"^(?:(?:and|ok|so)\s+)*(?:which|how many|what)(?:\s+(?:ones?|of (?:them|these|those)))?\s+"
    r"(?:did|has|have|were|was|are|is)\s+(?P<who>[a-z]+(?: [A-Z][a-z]+)?)\s+"
    r"(?:do|done|give|given|gave|write|written|close|closed|take|taken|open|opened|solve|solved|make|made|"
    r"record|recorded|credit|credited|book|booked|plan|planned|declare|declared)[\s?.!]*$|"
    r"^(?:(?:and|ok|so)\s+)*(?:which|how many)(?:\s+(?:ones?|of (?:them|these|those)))?\s+"
    r"(?:is|are|was|were)\s+(?:given|written|closed|taken|opened|solved|made|recorded|credited|booked|done)"
    r" by (?P<by>[a-z]+(?: [A-Z][a-z]+)?)[\s?.!]*$",
    re.IGNORECASE,
)
"""Asks for those of a colleague: "which of them did Dorcas give"."""
ANY = re.compile(
    r"^(?:(?:and|so|ok|is there|are there|have (?:i|we)(?: got)?|got)\s+)*any\s+"
    r"(?P<what>\S+(?: \S+)?)[\s?.!]*$",
    re.IGNORECASE,
)
"""Asks whether some are in a list: "any f670l"."""
OTHER = re.compile(r"^(?:and|what about|how about)\s+(?P<what>[\w.]+(?: [\w.]+)?)[\s?.!]*$", re.IGNORECASE)
AREA = "area"
AT = re.compile(r"(?:in|at|around|near|from)\b", re.IGNORECASE)
NO = re.compile(r"^no\s+\S", re.IGNORECASE)
IF = re.compile(r"(?:if|unless|once|when)\b", re.IGNORECASE)
"""Begins a condition, which is no part of a list: "only if he has not paid"."""
OWN, OWN_WORDS = frozenset({"my", "mine"}), frozenset({"mine", "my", "me", "own"})
"""Arguments, and words, that mean who asks."""
LONGEST, LONGEST_ALL = 5, 160
"""Words that describe a part of a list; letters of a message that does."""


async def sifted(turn: Turn) -> Reply | None:  # noqa: PLR0911 - one per way of saying it
    """Answer what is said about some rows of the last list, where its question cannot be narrowed so."""
    words = turn.question.words
    if turn.thread.asking or len(words) > LONGEST_ALL:
        return None
    go_back(turn)
    if not listing(turn):
        return None
    if found := MOST_OF.match(words) or MOST_ALONE.match(words):
        return await topmost(turn, found["most"].lower(), (found.groupdict().get("by") or "").lower())
    if found := OPEN_MOST.match(words) or FOR_MOST.match(words):
        return await opened_most(turn, found)
    if found := BOUND.match(words):
        guess = await narrowed_to(turn, words)
        return await act_within(turn, guess, words) if guess else await beyond(turn, found)
    if found := SOME.match(words):
        return await first_of(turn, found)
    other = OTHER.match(words) if kept(turn.thread) else None
    return await _instead(turn, other["what"]) if other else await _part(turn)


async def _instead(turn: Turn, what: str) -> Reply | None:
    """Show other rows of the list of which some were kept: "and brenda", after those of Dorcas."""
    before = turn.thread
    turn.thread = replace(before, part=())
    found = await _those(turn, what, firm=False)
    turn.thread = turn.thread if found else before
    return found


def go_back(turn: Turn) -> None:
    """Speak of the list again of which a row was opened or changed: "only in nyali", after the first."""
    thread, words = turn.thread, turn.question.words
    about_list = PART.match(words) or ALONE.match(words) or goes_back(words)
    known = thread.listing is not None and thread.listing[0] in {o.id for o in turn.desk.view.all(Action)}
    changed = thread.last is not None and not listing(turn) and not thread.waiting and goes_back(words)
    if known and (changed or (about_list and thread.at >= 0 and not thread.rows)):
        turn.thread = replace(thread, last=thread.listing)


async def _part(turn: Turn) -> Reply | None:
    """Narrow the question by what is said of some rows, else choose the rows that say it."""
    words = turn.question.words
    found = COUNTED.match(words)
    counts = found is not None and OF_THESE.search(words[: found.start("what")]) is not None
    if not counts and (without := said_without(words)) and (rows := await _but(turn, without, words)):
        return rows
    part = found if counts else PART.match(words) or ALONE.match(words)
    if did := DID.match(words):
        by = f"by {did['who'] or did['by']}"
        guess = await narrowed_to(turn, f"only {by}")
        return await act_within(turn, guess, by) if guess else await _those(turn, by[3:], firm=False)
    if part is None and (sort := KINDLY.match(words)) and await narrowed_to(turn, f"only {sort['what']}"):
        part = sort
    if part is None and (some := ANY.match(words)):
        return await _any(turn, some["what"])
    if part is None or len(part["what"].split()) > LONGEST:
        return None
    return await _of_part(turn, part["what"], counts=counts)


async def _of_part(turn: Turn, what: str, *, counts: bool) -> Reply | None:
    """Narrow the question by these words, or by one of several; else choose the rows that say them."""
    words = turn.question.words
    if IF.match(what):
        text = (
            f"I cannot go by “{words}”, and changed nothing. Look first, and say what you need once it is so."
        )
        return Reply(text, tone=Tone.WARN)
    if denies(what) and not (NO.match(what) and not await _is_column(turn, what)):
        return await _but(turn, what, words)
    if rows := await either(turn, what):
        return rows
    if guess := await narrowed_to(turn, f"only {what}"):
        row = await _those(turn, what, firm=False) if _moves(turn, guess, what) else None
        return row or await act_within(turn, guess, what)
    firm = not turn.thread.shown or counts or "only" in words.lower().split()
    return await _those(turn, what, firm=firm, counts=counts)


async def _any(turn: Turn, what: str) -> Reply | None:
    """Narrow the last question where these words alone would ask it anew, of everybody."""
    meant, last = await turn.desk.understander.understand(ask_of(turn)), turn.thread.last
    best = meant.best if meant.verdict is Verdict.CLEAR else None
    if best is None or last is None or best.action_id != last[0]:
        return None
    if lasting(last[1]).keys() <= best.args.keys() or says_what(turn, best, what):
        return None
    guess = await narrowed_to(turn, f"only {what}")
    keeps = guess is not None and lasting(last[1]).keys() <= guess.args.keys()
    return await act_within(turn, guess, what) if guess and keeps else None


def _moves(turn: Turn, guess: Guess, what: str) -> bool:
    """Say whether a reading takes a name for another place than the list is of: "only naomi", in Bamburi."""
    before, now = (turn.thread.last or ("", {}))[1].get(AREA), guess.args.get(AREA)
    return now != before and not AT.match(what)


async def _is_column(turn: Turn, what: str) -> bool:
    """Say whether a "no" is of a column: "only no phone"; "only no light" is what a ticket is called."""
    before = turn.thread
    table = (await whole_list(turn))[1]
    turn.thread = before
    return table is not None and column_of(table, _telling(turn, left_out(what))) is not None


async def _those(turn: Turn, what: str, *, firm: bool, counts: bool = False) -> Reply | None:
    """Show the rows in which these words stand; None where none has them and they may mean something else."""
    telling, before = _telling(turn, what), turn.thread
    if not telling:
        telling, firm = [t.low for t in tokens(what) if t.low not in FUNCTION], False
    if not telling:
        return None
    said = {str(value).lower() for value in (before.last or ("", {}))[1].values()}
    if set(telling) <= said:  # it is narrowed by that already
        return (await whole_list(turn))[0]
    reply, table = await whole_list(turn)
    if table is None:
        turn.thread = before
        return None
    rows = _saying(turn, table, what, telling)
    if rows:
        text = figure_of(table, rows) if counts else ""
        text = text or f"{len(rows):,} with “{what}”, of {seen_of(table)}:"
        return part_of(turn, reply, table, rows, text, stays=True)
    turn.thread = before
    meant = await turn.desk.understander.understand(ask_of(turn))
    if meant.verdict is Verdict.CLEAR or mood_of(what).question or not firm:
        return None
    one = " Say one of them at a time." if SEVERAL.search(what) else ""
    text = f"I cannot tell which are “{what}”: no row of {seen_of(table)} says it.{one} {_columns(table)}"
    return Reply(text, tone=Tone.WARN)


def _saying(turn: Turn, table: Table, what: str, telling: Sequence[str]) -> list[Sequence[Any]]:
    """Return the rows in which words stand; of "no light" not those that say only "light"."""
    shown = [[cell(v, turn.question.tenant.zone).lower() for v in row] for row in table.rows]
    whole = what.lower() if NO.match(what) else ""
    return [
        row
        for row, cells in zip(table.rows, shown, strict=True)
        if has(telling, cells) and any(whole in text for text in cells)
    ]


async def _but(turn: Turn, what: str, words: str) -> Reply | None:
    """Show the rows in which these words do not stand; say so where that cannot be told from the list.

    A "no" is never read as its opposite: "without mine" is not asked as "mine".
    """
    rest, before, zone = left_out(what), turn.thread, turn.question.tenant.zone
    reply, table = await whole_list(turn)
    said_not = words.lower().startswith("not ")  # "not now": it may be about anything
    if table is None:
        turn.thread = before
        if said_not:
            return None
        return (
            reply
            if reply.error
            else Reply(f"The last answer is no list that “{rest}” could be left out of.", tone=Tone.WARN)
        )
    several = [telling for one in SEVERAL.split(rest) if (telling := _telling(turn, one))]
    rows = rows_without(table, what, several, lambda value: cell(value, zone)) if several else None
    if rows is None:
        turn.thread = before
        if (guess := await narrowed_to(turn, what)) and _only_flags(turn, guess):
            return await act_within(turn, guess, what)
        if said_not:
            return None
        text = (
            f"I cannot leave anything out for “{what}”: no row of {seen_of(table)} says it. {_columns(table)}"
        )
        return Reply(text, tone=Tone.WARN)
    text = f"{len(rows):,} without “{rest}”, of {seen_of(table)}{':' if rows else '.'}"
    return part_of(turn, reply, table, rows, text, stays=bool(rows))


def _only_flags(turn: Turn, guess: Guess) -> bool:
    """Say whether a reading only adds what is yes or no: "without an assignee" as unassigned."""
    had = (turn.thread.last or ("", {}))[1]
    more = {name: value for name, value in guess.args.items() if had.get(name) != value}
    return all(value is True and name not in OWN for name, value in more.items())


def _telling(turn: Turn, what: str) -> list[str]:
    """Return the words that tell rows apart; "mine" is said by the name people sign in with."""
    telling = [t.low for t in tokens(what) if t.low not in SAYS_NOTHING]
    mine = turn.user.email and {t.low for t in tokens(what)} - {"ones", "of", "the"} <= OWN_WORDS
    return [turn.user.email.split("@")[0].lower()] if mine else telling


def _columns(table: Table) -> str:
    return f"This list has: {', '.join(c.title for c in table.columns if c.title)}."
