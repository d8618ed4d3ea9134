"""Looking names up, where the words alone leave open what they name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.contract.entity import Match
from bot.understand.accounts import is_account, may_count
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.colleagues import colleague_first, who_gave
from bot.understand.filled import Filled
from bot.understand.index import Index, Score
from bot.understand.lookups import Lookups, by_words
from bot.understand.marks import GAP, NUMBERED, Mark
from bot.understand.phrasing import command
from bot.understand.placing import put_place
from bot.understand.sentence import Sentence
from bot.understand.understanding import Ask, Guess
from bot.understand.whom import settle_whom
from bot.understand.words import Token, tokens

EXACT, SOME, NONE = 0.01, 0.0, -0.03
KINDS_TRIED = 6
NEARLY = 0.6
REMINDED = re.compile(r"^\W*(?:please\s+)?(?:remind|nudge|ping)\s+$", re.IGNORECASE)
"""Who is named behind these is to be told: that nobody here is called so is said, and nobody else told."""
PERSON = "customer"
WHOSE = re.compile(r"\b(?:of|for|from|by|does|did|do|has|have|had|is|was)\s+$", re.IGNORECASE)
"""What stands before the one whose data is asked for."""
NUMBER_BEHIND = re.compile(r" \d{1,4}\b(?![.,:/-]?\w)")
ALIKE = 0.8
"""How like a name an everyday word must be to be one: the weather is no Esther."""
CARDS = ("card", "show", "get", "details", "overview", "status", "line", "find")
Tried = list[tuple[Score, Filled, float]]


async def looked_up(said: Sentence, lookups: Lookups, kinds: Sequence[str]) -> Sentence:
    """Return the message with the kind of each name that is one in live data."""
    marks: list[Mark] = []
    for mark in said.marks:
        open_ = mark.kind in {"id", "name"} or mark.long_number or (mark.kind == "maybe" and said.cued(mark))
        if open_ and (kind := await _kind_of(mark, lookups, kinds)):
            mark = await _whole_name(replace(mark, entity=kind), kind, said, lookups)  # noqa: PLW2901
            whole = any(m.exact for m in await lookups.find(kind, mark.text) or ())
            marks.append(replace(mark, entity=kind, found=True, near=not whole))
        else:
            marks.append(_of_thread(mark, said))
    return replace(said, marks=tuple(marks))


def _of_thread(mark: Mark, said: Sentence) -> Mark:
    """Take a bare number as what the thread is about if that ends in it: 10234 for TCK-10234."""
    if not mark.long_number or mark.entity:
        return mark
    kind = next((kind for kind, key in said.focus.items() if key.endswith(f"-{mark.text}")), "")
    return replace(mark, entity=kind, text=said.focus[kind], found=True) if kind else mark


async def _whole_name(mark: Mark, kind: str, said: Sentence, lookups: Lookups) -> Mark:
    """Take the everyday words beside part of a name that belong to it: the Grace of "grace adeyemi"."""
    found = await lookups.find(kind, mark.text) or ()
    if any(m.exact for m in found):
        return mark
    before = [w for w in said.words if w.end <= mark.start][-2:]
    after = [w for w in said.words if w.start >= mark.end][:2]
    for match in found[:3]:
        label = [w.low for w in tokens(match.label)]
        start, end = mark.start, mark.end
        for word in reversed(before):
            if not _in_label(word, label) or start - word.end > GAP:
                break
            start = word.start
        for word in after:
            if not _in_label(word, label) or not end <= word.start <= end + 1:
                break
            end = word.end
        own = (mark.start, mark.end)
        others = [m for m in said.marks if (m.start, m.end) != own and m.start < end and start < m.end]
        if (start, end) != own and not others:
            return replace(mark, start=start, end=end, text=re.sub(r"'s?$", "", said.text[start:end]))
    return mark


def _in_label(word: Token, label: Sequence[str]) -> bool:
    """Say whether a word is one of a name, as it was typed or without its typing error."""
    typed = re.sub(r"'s?$", "", word.text.lower())
    return typed in label or word.low in label


async def _kind_of(mark: Mark, lookups: Lookups, kinds: Sequence[str]) -> str:
    """Return the kind in which the words are found whole; else the only one in which they nearly are."""
    if mark.entity and await lookups.find(mark.entity, mark.text):
        return mark.entity
    near: list[str] = []
    for kind in _likely(mark, kinds)[:KINDS_TRIED]:
        found = await lookups.find(kind, mark.text) or ()
        if any(m.exact for m in found):
            return kind
        if found and found[0].score >= NEARLY:
            near.append(kind)
    return near[0] if len(near) == 1 and not mark.entity else ""


def _likely(mark: Mark, kinds: Sequence[str]) -> list[str]:
    """Return the kinds to try, people first; dashed and numbered words are devices more often."""
    machine = mark.kind == "id" and re.fullmatch(
        r"[a-z]+[\w]*(?:[-/_]\w+)+|[a-z]{2,8}\d{1,3}", mark.text, re.IGNORECASE
    )
    first = ("device", "port", "site") if machine else ("customer", "agent", "person", "site", "device")
    return sorted((k for k in kinds if k not in NUMBERED), key=lambda k: first.index(k) if k in first else 9)


async def settled(index: Index, lookups: Lookups, said: Sentence, tried: Tried) -> Tried:
    """Look up the names that may be several kinds of thing, or no name at all, and weigh again."""
    kinds = {
        a.entity
        for score, filled, _ in tried[:4]
        for a in arguments_of(index.actions[score.at].item)
        if a.kind is Kind.ENTITY and a.name in filled.args and a.name not in filled.from_focus
    }
    best = max((w for _, _, w in tried), default=0.0)
    out: Tried = []
    for score, filled, weight in tried:
        extra = 0.0
        if weight > best - 0.25:
            extra = await _settle_one(
                index.actions[score.at].item, filled, said, lookups, several=len(kinds) > 1
            ) + settle_whom(index.actions[score.at].item, filled, said)
        out.append((score, filled, weight + extra))
    return out


async def _settle_one(
    action: Any, filled: Filled, said: Sentence, lookups: Lookups, *, several: bool
) -> float:
    """Choose among the names of each entity argument; return what that says about the action."""
    extra = 0.0
    for argument in arguments_of(action):
        if argument.kind is not Kind.ENTITY or argument.name in filled.from_focus:
            continue
        options = filled.options.get(argument.name, [])
        text = filled.args.get(argument.name)
        sure = next((m for m in said.marks if m.text == text and m.entity == argument.entity), None)
        if sure and (sure.kind == "entity" or sure.found):
            (whole,) = await _whole([sure], argument, said, lookups)
            if whole is not sure:
                _put(filled, argument.name, whole)
            continue
        marks = options or [m for m in said.names if m.text == text]
        if text is None and not options:
            extra += await by_words(argument, filled, said, lookups)
            continue
        if not argument.required and _part_of_another(argument.name, filled):
            filled.args.pop(argument.name)
            continue
        doubtful = bool(options) or several or not argument.required or any(m.kind == "name" for m in marks)
        if doubtful and marks:
            extra += await _choose(
                argument.name, argument.entity, await _whole(marks, argument, said, lookups), filled, lookups
            )
            if argument.name == "to" and "to" not in filled.args and not filled.reads_only:
                _put_reminded(filled, marks[0], said)
            if argument.required and argument.name not in {*filled.args, *filled.missing}:
                filled.missing = [*filled.missing, argument.name]
            _put_nobody(argument, marks, filled, said)
    await colleague_first(action, filled, said, lookups)
    await who_gave(action, filled, said, lookups)
    await put_place(action, filled, said, lookups)
    return extra


def _put_nobody(argument: Argument, marks: Sequence[Mark], filled: Filled, said: Sentence) -> None:
    """Keep whose data was asked for and who was not found: everybody's would look like theirs."""
    others = {*filled.args.values()}
    for mark in [] if argument.name in filled.args or not filled.reads_only else marks:
        named = mark.kind == "name" and not mark.found and mark.entity in {"", argument.entity}
        if (
            argument.entity == PERSON
            and named
            and (said.cued(mark) or WHOSE.search(said.text, 0, mark.start))
        ):
            if mark.text not in others:
                _put(filled, argument.name, mark)
            return


def _put_reminded(filled: Filled, mark: Mark, said: Sentence) -> None:
    """Keep who is to be reminded and was not found, so that this is said."""
    if REMINDED.search(said.text, 0, mark.start):
        filled.args["to"] = mark.text


async def _whole(
    marks: Sequence[Mark], argument: Argument, said: Sentence, lookups: Lookups
) -> Sequence[Mark]:
    """Return the names with the number behind them where that is one thing's name: Home Fibre 50."""
    out: list[Mark] = []
    for mark in marks[:3]:
        tail = NUMBER_BEHIND.match(said.text, mark.end)
        longer = replace(mark, text=mark.text + tail[0], end=tail.end()) if tail else mark
        found = await lookups.find(argument.entity, longer.text) if tail else None
        out.append(longer if any(m.exact for m in found or ()) else mark)
    return [*out, *marks[3:]]


def _part_of_another(name: str, filled: Filled) -> bool:
    """Say whether a name was cut out of a longer one that is taken already."""
    text = filled.args.get(name)
    others = [v for k, v in filled.args.items() if k != name and isinstance(v, str)]
    return isinstance(text, str) and any(f" {text} " in f" {v} " and v != text for v in others)


async def _choose(name: str, kind: str, marks: Sequence[Mark], filled: Filled, lookups: Lookups) -> float:
    """Take the name that is found exactly, else the first that is found at all."""
    hits: list[tuple[Mark, Sequence[Match]]] = []
    for mark in marks[:3]:
        found = await lookups.find(kind, mark.text)
        if found is None:
            break
        if found:
            hits.append((mark, found))
        if any(m.exact for m in found):
            _put(filled, name, mark)
            return EXACT
    if hits:
        mark, found = hits[0]
        if mark.kind == "maybe" and found[0].score < ALIKE:
            filled.args.pop(name, None)
            return NONE
        _put(filled, name, mark)
        return SOME
    firm = [
        m
        for m in marks
        if m.kind in {"id", "name"} and (m.kind == "id" or m.text[:1].isupper() or m.entity == kind)
    ]
    others = {value for key, value in filled.args.items() if key != name}
    if any(m.text in others for m in firm):  # the serial of "swap the ont of 100234 to hwtc1234" is nobody
        firm = [m for m in marks if m.text not in others and (m in firm or may_count(m, kind))]
    sought = may_count(marks[0], kind) if filled.reads_only else is_account(marks[0], kind, filled)
    if not firm and len(marks) == 1 and sought:
        firm = [*marks]  # a number they gave is looked for and not found, rather than asked for again
    if firm:
        _put(filled, name, firm[0])
        return 2 * NONE if firm[0].kind == "id" and kind == "customer" else NONE
    given = filled.args.pop(name, None)  # what was said is told to be unused
    filled.used -= {m for m in marks if m.text == given and given not in others}
    return NONE


def _put(filled: Filled, name: str, mark: Mark) -> None:
    filled.take(name, mark.text, mark)
    if name in filled.missing:
        filled.missing.remove(name)


async def bare_guess(
    index: Index, ask: Ask, lookups: Lookups, mark: Mark, kinds: Sequence[str], homes: Mapping[str, str]
) -> Guess | None:
    """Take a message that only names a thing as the wish to see it; whose it is, where nothing shows it."""
    near: str = ""
    for kind in [mark.entity, PERSON] if mark.entity else kinds:
        found = await lookups.find(kind, mark.text) if kind != mark.entity else ()
        sure = kind == mark.entity or any(m.exact for m in found or ())
        if sure and (shown := card_of(index, ask, kind, homes.get(kind, ""), mark.text)):
            return shown
        near = near or (kind if found else "")
    return card_of(index, ask, near, homes.get(near, ""), mark.text) if near else None


def card_of(index: Index, ask: Ask, kind: str, home: str, text: str) -> Guess | None:
    """Return the read that shows one thing of this kind, as a guess."""
    best: tuple[tuple[bool, bool, bool, int], Guess] | None = None
    for i, offered in enumerate(index.actions):
        needed = [a for a in arguments_of(offered.item) if a.required]
        if not offered.item.reads_only or not index.allowed(ask.user)[i]:
            continue
        if len(needed) != 1 or needed[0].entity != kind:
            continue
        rank = next((n for n, word in enumerate(CARDS) if word in offered.item.name), len(CARDS))
        alone = "{" + needed[0].name + "}" in offered.item.examples
        order = (offered.item.name != kind, not alone, offered.plugin != home, rank)
        args = {needed[0].name: text}
        guess = Guess(
            action_id=offered.id, args=args, score=0.9, reads_only=True, said=command(offered, args)
        )
        if best is None or order < best[0]:
            best = (order, guess)
    return best[1] if best else None
