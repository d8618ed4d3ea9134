"""The examples of an action as patterns of what may be said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from bot.contract.action import Action
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.index import PLACEHOLDER
from bot.understand.jargon import FORMS
from bot.understand.marks import NUMBERED, PEOPLE
from bot.understand.mood import mood_of
from bot.understand.words import FUNCTION, tokens

DEEDS = frozenset({"did", "verb", "deed"})
"""Arguments that are what somebody did: a verb in the past, which carries the example by itself."""
DOERS = frozenset({"by", "actor"})
"""Arguments that are who did it: a name, which carries the example too."""
OF = re.compile(
    r"(?P<pre>(?:.*? )?)(?:the )?(?P<what>[\w\-]+(?: [\w\-]+)?) of (?P<who>\{\w+\})(?P<post>.*)",
    re.IGNORECASE,
)
THIRD: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("he", "she", "they"), ("he", "she", "they")),
    **dict.fromkeys(("him", "her", "them"), ("him", "her", "them")),
    **dict.fromkeys(("his", "their"), ("his", "her", "their")),
}
SPACE = r"\s+(?:(?:the|all|all the|our)\s+)?"
"""Between two words of an example: little words more or less make no difference."""
TELLS_ALONE = re.compile(r"^who (?:else |here )?(?:may|can|could|is) \{", re.IGNORECASE)
"""What means one thing though no word of it carries a topic."""
GIVEN = frozenset({"role", "permission", "count"})
KIND_OF_BOX = r"(?:\S+\s)?[a-z]{1,4}-?\d{3}"
NO_BOXES = rf"(?!\d|(?:two|three|four|five|six|some|several|another|spare)\s|{KIND_OF_BOX})"
"""No role, and no right: "give kevin 2 F670L" is about boxes."""
COUNTED: Mapping[str, str] = {
    "count": r"(?:\d{1,2}|an?|one|two|three|four|five|six|ten)",
    "model": rf"(?={KIND_OF_BOX}).{{1,40}}?",
}
"""What stands in the places of an example that counts boxes: three days are none."""
NEEDED = 3
"""Letters of a word that an example cannot do without; "of" is one of several that may stand there."""
LONGEST = 24
"""Letters of the longest word that is looked for by itself."""
LONG = {Kind.TEXT: 4_000, Kind.MANY: 1_000, Kind.SECRET: 4_000}


class Template(NamedTuple):
    """One example: a pattern, and what a message must hold for it to fit at all, the longest words first.

    Of each group in `either` one word is needed; `side_by_side`: only a blank is between two places; `held`:
    it begins like a ban or a look, and is a wish; `alone`: all its fixed words are little ones; `first` and
    `last` are the words of which one must begin it, and end it, empty where a place does.
    """

    source: str
    needs: tuple[str, ...]
    either: tuple[tuple[str, ...], ...]
    side_by_side: bool
    held: bool
    alone: bool
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


class Forms(NamedTuple):
    """The templates of one action, and which of them need a word: few of a hundred need what was said."""

    templates: tuple[Template, ...]
    needing: Mapping[str, tuple[int, ...]]
    always: tuple[int, ...]

    def likely(self, low: str, *, held: bool = False) -> list[Template]:
        """Return those of which a message, in small letters, has all the fixed words, in their order."""
        said = self.needing.keys() & pieces_of(low)
        at = sorted({i for word in said for i in self.needing[word]}.union(self.always))
        some = (self.templates[i] for i in at)
        return [t for t in some if (t.held or not held) and may_fit(t, low)]


def may_fit(template: Template, low: str) -> bool:
    """Say whether a message has the fixed words of an example: much quicker than to try its pattern."""
    for word in template.needs:
        if word not in low:
            return False
    return all(any(word in low for word in group) for group in template.either)


@lru_cache(maxsize=8)
def pieces_of(low: str) -> frozenset[str]:
    """Return the words of a message and whatever is in them: a word is needed wherever it stands."""
    words = set(low.split())
    return frozenset(
        word[i:j]
        for word in words
        for i in range(len(word) - NEEDED + 1)
        for j in range(i + NEEDED, min(len(word), i + LONGEST) + 1)
    )


def begins_and_ends(template: Template, low: str) -> bool:
    """Say whether a form, in small letters, begins and ends as the pattern of an example does."""
    return low.startswith(template.first or "") and low.endswith(template.last or "")


@lru_cache(maxsize=1_024)
def compiled(source: str) -> re.Pattern[str]:
    """Return a pattern; few of thousands are ever wanted, and one costs a millisecond and ten kilobytes."""
    return re.compile(source, re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=4_096)
def forms_of(action: Action) -> Forms:
    """Return one template per example that has fixed words and places."""
    templates = _templates_of(action)
    return Forms(templates, *_needing(templates))


def _needing(templates: Sequence[Template]) -> tuple[Mapping[str, tuple[int, ...]], tuple[int, ...]]:
    """Return which templates need a word, each under the rarest it needs, and those that need none."""
    wanted = [(*((word,) for word in t.needs if len(word) <= LONGEST), *t.either) for t in templates]
    often = Counter(word for groups in wanted for group in groups for word in group)
    needing: dict[str, list[int]] = {}
    always: list[int] = []
    for i, groups in enumerate(wanted):
        kept = [g for g in groups if all(NEEDED <= len(word) <= LONGEST for word in g)]
        if not kept:
            always.append(i)
            continue
        for word in min(kept, key=lambda group: sum(often[w] for w in group)):
            needing.setdefault(word, []).append(i)
    return {word: tuple(at) for word, at in needing.items()}, tuple(always)


def _templates_of(action: Action) -> tuple[Template, ...]:
    arguments = {a.name: a for a in arguments_of(action)}
    reads = action.reads_only
    turned = [t for text in action.sayings if reads and (t := _turned(text)) is not None]
    texts = dict.fromkeys((*action.sayings, *turned))
    return tuple(p for text in texts if (p := _template(text, arguments, reads=reads)) is not None)


def _turned(text: str) -> str | None:
    """Return "{customer}'s balance" for "the balance of {customer}": her balance, amina bello balance."""
    found = OF.fullmatch(text.strip())
    return f"{found['pre']}{found['who']}'s {found['what']}{found['post']}" if found else None


def _template(text: str, arguments: Mapping[str, Argument], *, reads: bool) -> Template | None:
    names = PLACEHOLDER.findall(text)
    if any(n not in arguments for n in names) or len(set(names)) != len(names):
        return None
    fixed = PLACEHOLDER.split(text.strip().rstrip("?!. "))[::2]
    if (
        names
        and ":" not in text
        and not any(arguments[n].entity in NUMBERED for n in names)
        and not (DEEDS | DOERS | GIVEN | {"address"}) & set(names)
        and not (reads and any(arguments[n].entity in PEOPLE for n in names))
        and not TELLS_ALONE.match(text)
        and not any(t.low not in FUNCTION for part in fixed for t in tokens(part))
    ):
        return None
    pieces = [_fixed(fixed[0])]
    if reads and names and pieces[0].endswith("of" + SPACE):  # "payments 100203", "payments from Amina"
        pieces[0] = pieces[0].removesuffix("of" + SPACE) + r"(?:(?:of|for|from|by|on|to|at)\s+)?"
    for name, part in zip(names, fixed[1:], strict=True):
        taken = COUNTED.get(name) if "count" in names else None
        pieces += [rf"(?P<{name}>{taken or _taken(arguments[name])})", _fixed(part)]
    words = {w.lower() for part in fixed for w in part.split() if len(w) >= NEEDED and w[0] != "'"}
    either = [same for w in sorted(words) if (same := _alike(w))]
    needs = sorted((w for w in words if not _alike(w)), key=len, reverse=True)
    mood = mood_of(PLACEHOLDER.sub("X", text))
    held = (
        not reads and (mood.banned or mood.shows) and not (mood.question or mood.how_to or mood.conditional)
    )
    alone = not any(t.low not in FUNCTION for part in fixed for t in tokens(part))
    ends = _first(fixed[0]), _last(fixed[-1])
    return Template("".join(pieces), tuple(needs), tuple(either), "} {" in text, held, alone, *ends)


def _first(text: str) -> tuple[str, ...]:
    """Return the words of which one begins a pattern; an "of" before the first place may be left out."""
    words = text.split()
    return _either(words[0]) if words and text[0] != " " and words != ["of"] else ()


def _last(text: str) -> tuple[str, ...]:
    """Return the words of which one ends a pattern."""
    words = text.split()
    return _either(words[-1]) if words and text[-1] != " " else ()


def _either(word: str) -> tuple[str, ...]:
    return tuple(same.lower() for same in _alike(word)) or (word.lower(),)


def _taken(argument: Argument) -> str:
    """Return what may stand in a place."""
    any_ = rf".{{1,{LONG.get(argument.kind, 120)}}}?"
    if argument.name in {"role", "permission"}:
        return NO_BOXES + any_
    return r"\S+@\S+?" if argument.name == "email" else any_


def _fixed(text: str) -> str:
    """Return a pattern for fixed words: each may be one that means the same."""
    if text.startswith("'s "):
        return rf"(?:'s?)?\s+{_fixed(text[3:])}"
    return SPACE.join(_word(part) for part in re.split(r"\s+", text))


def _alike(word: str) -> tuple[str, ...]:
    """Return the words that may stand in the place of one, with itself; empty when no other may."""
    return FORMS.get(word.lower()) or THIRD.get(word.lower()) or ()


def _word(word: str) -> str:
    same = _alike(word)
    return f"(?:{'|'.join(map(re.escape, same))})" if same else re.escape(word)
