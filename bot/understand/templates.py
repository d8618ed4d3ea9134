"""A question that is one of an action's own examples, with things in its places."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from bot.contract.action import Action
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.freetext import NAMES
from bot.understand.index import PLACEHOLDER
from bot.understand.jargon import FORMS, LIKE_VERB
from bot.understand.marks import IT, NUMBERED, PEOPLE, PRONOUNS, Mark
from bot.understand.mood import DONE
from bot.understand.sentence import SEEN, Sentence
from bot.understand.values import match_choice
from bot.understand.words import FUNCTION, stem, tokens, word_set

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
PLEASE = re.compile(
    r"(?:[\s,]+(?:please|pls|plz|thanks|thank you|thx|asap|right now|right away|at the moment|now))+[\s.!]*$",
    re.IGNORECASE,
)
LATELY = re.compile(
    r"(?:[\s,]+(?:please|pls|plz|thanks|thank you|thx|asap|(?:right )?now|right away|at the moment|with us|"
    r"for us|"
    r"currently|already|yet|so far|lately|recently|at present))+[\s.!]*$",
    re.IGNORECASE,
)
"""Besides politeness, what a question may end with and ask the same."""
SHOW_ME = re.compile(
    r"^(?:(?:show|list|give|get|display|pull|print|check|see|fetch|bring|tell)(?: up)?(?: (?:me|us))?|"
    r"i (?:need|want)(?: to (?:see|know))?|let me (?:see|know))(?: (?:all|the|a|an|all the))?\s+",
    re.IGNORECASE,
)
TIME_FOLLOWS = re.compile(r"\s+(?:since|on|in|for|from|during|until|till|by)?\s*$")
RANKS = word_set("last latest newest oldest next recent current open first two three four five six seven ten")
PLACES = frozenset({"area", "region", "city", "town", "street"})
"""Arguments that are where: a name as well, so that "tickets in progress" is none of them."""
BESIDE_CHOICE = re.compile(
    r"^(?:the|an?|now|really|very|quite)\s+|[\s,]+(?:please|now|again)$", re.IGNORECASE
)
GLUE = "\ue000"
"""A private letter in the place of a blank; no message holds one, as they are cleaned of them."""
WHOLE = frozenset({"entity", "id", "name", "quoted", "time", "money"})
TELLS_ALONE = re.compile(r"^who (?:else |here )?(?:may|can|could|is) \{", re.IGNORECASE)
"""What means one thing though no word of it carries a topic."""
GIVEN = frozenset({"role", "permission"})
NEITHER = word_set("at in for from until till only on with when if and but")
NEEDED = 3
"""Letters of a word that an example cannot do without; "of" is one of several that may stand there."""
LONG = {Kind.TEXT: 4_000, Kind.MANY: 1_000, Kind.SECRET: 4_000}


def capture(action: Action, said: Sentence) -> Mapping[str, str] | None:
    """Return argument -> words when the message has the form of an example, else None.

    Of several forms that fit, the one that says most is taken.
    """
    core = said.mood.core.strip().rstrip("?!. ")
    if len(core) > SEEN:
        return None
    arguments = {a.name: a for a in arguments_of(action)}
    short = (LATELY if action.reads_only else PLEASE).sub("", core)
    plain = _without_show(short) if action.reads_only else []
    whole = said.text.rstrip("?!. ")
    low = said.text.lower()
    likely = [template for template in _templates(action) if _may_fit(template, low)]
    if not likely:
        return None
    for form in dict.fromkeys([core, whole, short, *plain, *_without_time(short, said)]):
        fitting: list[dict[str, str]] = []
        for template in likely:
            tried = _glued(form, said) if template.side_by_side else form
            if found := _compiled(template.source).fullmatch(tried):
                taken = {n: t.replace(GLUE, " ") for n, t in found.groupdict().items() if t}
                fitting += [taken] if all(_plausible(arguments[n], t, said) for n, t in taken.items()) else []
        if fitting:
            return min(fitting, key=_open)
    return None


def _glued(form: str, said: Sentence) -> str:
    """Keep the words of each name and time together: none is cut in two where places stand in a row."""
    for mark in said.marks:
        if " " in mark.text and mark.kind in WHOLE:
            form = form.replace(mark.text, mark.text.replace(" ", GLUE))
    return form


def fixed_words(said: Sentence, taken: Mapping[str, str] | None) -> int | None:
    """Return how many telling words of a message are the fixed ones of the example it has the form of."""
    if taken is None:
        return None
    given = {t.low for text in taken.values() for t in tokens(text)}
    return sum(w.low not in FUNCTION and w.low not in given for w in said.words)


def _open(taken: Mapping[str, str]) -> int:
    """Return how much of a message the fixed words of an example leave open."""
    return sum(map(len, taken.values()))


def _without_show(core: str) -> list[str]:
    """Return a message without the wish to see: "show me the audit of 100234"."""
    rest = SHOW_ME.sub("", core)
    return [rest] if rest and rest != core else []


def _without_time(core: str, said: Sentence) -> list[str]:
    """Return the message without the time at its end: "what did Bisi do yesterday"."""
    last = next((m for m in reversed(said.marks) if m.kind == "time"), None)
    if last is None or not core.endswith(last.text):
        return []
    return [TIME_FOLLOWS.sub("", core.removesuffix(last.text))]


def _plausible(argument: Argument, text: str, said: Sentence) -> bool:
    """Say whether these words may stand there: a thing is a name or a pronoun, not half a sentence."""
    if argument.kind in LONG:
        return _sayable(argument, text, said)
    if argument.kind is Kind.CHOICE:
        return not _begins_a_wish(argument, text, said) and _chosen(argument, text)
    if argument.kind is not Kind.ENTITY:
        return len(text) <= 40  # noqa: PLR2004 - no amount, day or choice is longer
    low = text.lower().strip()
    if low in PRONOUNS | IT or low in {
        f"this {argument.entity}",
        f"the {argument.entity}",
        f"that {argument.entity}",
    }:
        return bool(said.focus.get(argument.entity))
    names = [
        m
        for m in said.marks
        if m.kind in {"entity", "id", "name", "maybe", "number", "quoted"} and m.text in text
    ]
    if not names or any(not _of_kind(m, argument) or _ranks(m) for m in names):
        return False
    rest = text
    for mark in names:
        rest = rest.replace(mark.text, " ")
    beside = {"the", "a", "an", "mr", "mrs", "ms", argument.entity}
    return all(t.low in beside for t in tokens(rest)) and not re.search(r"[,;:]", rest)


def _chosen(argument: Argument, text: str) -> bool:
    return match_choice(argument, BESIDE_CHOICE.sub("", text)) is not None


def _begins_a_wish(argument: Argument, text: str, said: Sentence) -> bool:
    """Say whether words are a verb and not one of the values: "suspend all customers", not the suspended."""
    first = said.text.startswith(text, said.begin)
    return first and text.lower() not in argument.values and stem(text.lower()) in LIKE_VERB


def _ranks(mark: Mark) -> bool:
    """Say whether a mark only says which of several: "three latest"."""
    return mark.kind == "maybe" and not RANKS.isdisjoint(mark.text.lower().split())


def _sayable(argument: Argument, text: str, said: Sentence) -> bool:
    """Say whether words may be a text: what somebody did is a verb, who did it a name."""
    if argument.name in DEEDS:
        return bool(DONE.fullmatch(text))
    if argument.name in GIVEN and not NEITHER.isdisjoint(t.low for t in tokens(text)):
        return False  # "noc role at Westlands only": more than a role was said
    if argument.name in NAMES and any(
        m.kind == "time" and m.text.strip() == text.strip() for m in said.marks
    ):
        return False  # "new customers this month": nobody is called so
    if argument.name in DOERS | PLACES:
        return any(m.text == text and (m.found or m.kind in {"entity", "id", "name"}) for m in said.marks)
    return bool(text.strip())


def _of_kind(mark: Mark, argument: Argument) -> bool:
    if argument.entity in NUMBERED:
        return mark.entity == argument.entity
    alike = PEOPLE | {"customer"} if mark.near else PEOPLE  # a first name is many people's
    return mark.entity in {"", argument.entity} or {mark.entity, argument.entity} <= alike


class Template(NamedTuple):
    """One example: a pattern, and what a message must hold for it to fit at all, the longest words first.

    Of each group in `either` one word is needed; `side_by_side`: only a blank is between two places.
    """

    source: str
    needs: tuple[str, ...]
    either: tuple[tuple[str, ...], ...]
    side_by_side: bool


def _may_fit(template: Template, low: str) -> bool:
    """Say whether a message has the fixed words of an example: much quicker than to try its pattern."""
    for word in template.needs:
        if word not in low:
            return False
    return all(any(word in low for word in group) for group in template.either)


@lru_cache(maxsize=1_024)
def _compiled(source: str) -> re.Pattern[str]:
    """Return a pattern; few of thousands are ever wanted, and one costs a millisecond and ten kilobytes."""
    return re.compile(source, re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=4_096)
def _templates(action: Action) -> tuple[Template, ...]:
    """Return one template per example that has fixed words and places."""
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
        and not (DEEDS | DOERS | GIVEN) & set(names)
        and not (reads and any(arguments[n].entity in PEOPLE for n in names))
        and not TELLS_ALONE.match(text)
        and not any(t.low not in FUNCTION for part in fixed for t in tokens(part))
    ):
        return None
    pieces = [_fixed(fixed[0])]
    if reads and names and pieces[0].endswith("of" + SPACE):  # "payments 100203", "payments from Amina"
        pieces[0] = pieces[0].removesuffix("of" + SPACE) + r"(?:(?:of|for|from|by|on|to|at)\s+)?"
    for name, part in zip(names, fixed[1:], strict=True):
        pieces += [rf"(?P<{name}>{_taken(arguments[name])})", _fixed(part)]
    words = {w.lower() for part in fixed for w in part.split() if len(w) >= NEEDED and w[0] != "'"}
    either = [same for w in sorted(words) if (same := _alike(w))]
    needs = sorted((w for w in words if not _alike(w)), key=len, reverse=True)
    return Template("".join(pieces), tuple(needs), tuple(either), "} {" in text)


def _taken(argument: Argument) -> str:
    """Return what may stand in a place."""
    return r"\S+@\S+?" if argument.name == "email" else rf".{{1,{LONG.get(argument.kind, 120)}}}?"


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
