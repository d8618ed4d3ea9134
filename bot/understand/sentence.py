"""A message read once: cleaned, with its mood, its words, and what it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.understand.clauses import bound
from bot.understand.marks import CUES, IT, PEOPLE, PRONOUNS, Mark, Nouns, find_marks
from bot.understand.mood import LEAD, Mood, mood_of
from bot.understand.rights import with_role
from bot.understand.times import Clock
from bot.understand.words import FUNCTION, Token, clean, stem, tokens, word_set

SEEN = 700
"""Letters in which what is wanted is said; what follows can only be somebody's text."""
ME = word_set("me my mine i myself")
COLON = re.compile(r"(?<=[\w)])(?::\s+|\s+[-–—]\s+)")
NO_VERB = word_set("of list under")
"""What follows no verb of a wish: "log of", "ticket list", "file under"."""
NOUNS = frozenset({"close to", "credit note", "credit notes"})
"""Two words of which the first is no verb."""
CLAUSE = re.compile(r"(?<=[\w)\"'])[,:;.!]\s+|\s[-–—]\s|\b(?:so|then|and)\b")
CALLER = re.compile(r"callers?\b|(?:this|that|the) ", re.IGNORECASE)
"""Begins like a verb, and says who is on the phone: "caller is Peter"."""
OWN_WORDS = re.compile(r"(?<=[\w)\"']):\s|\s[-–—]\s|,\s|\b(?:that|saying|because|to say)\b", re.IGNORECASE)
MAILS = re.compile(r"(?:e-?)?mail\b", re.IGNORECASE)
"""A noun that is as well the wish to write to somebody: "email 100234: …"."""
FEWEST = 2
"""Words that at least say what is wished for, before what is to be written."""
VALUES = frozenset({"time", "money", "number"})
TITLES = word_set("mr mrs ms miss dr madam sir engr")
FOR_ME = re.compile(
    r"\b(?:show|give|tell|get|bring|send|find|fetch|list|let|read|remind|help|"
    r"(?<!\bin )(?<!cover )(?<!covers )(?<!covering )(?<!duty )(?<!call )for) (?:me|us)\b|"
    r"\b(?:can|could|may|shall|should|do|must) i (?:see|have to|get|know|look|do|ask)\b|"
    r"\bmy (?:team|people|colleagues|staff|crew)\b",
    re.IGNORECASE,
)
"""Where "me" is whoever listens, not somebody the message is about."""
ANY_FOR_ME = re.compile(r"\banything(?: \w+)? for me\b", re.IGNORECASE)
"""Where it is the one who has it."""
BESIDE = re.compile(
    r"\b(?:customer|subscriber|client|ticket|account|number|show|open up|pull up|what is|whats|what's|"
    r"who is|who's|whois|get|see|check|me|the|please|pls|info|details|of|on|about|at|in|for)\b|[^\w]",
    re.IGNORECASE,
)
"""What may stand beside a name that is all a message says."""
OF_ONE = re.compile(r"(?:the |any |show (?:me )?)*(?:ticket|case) (?:of|from|for|by)\b", re.IGNORECASE)
"""Not the one that is named, but what it has."""
BESIDE_ID = re.compile(
    rf"\b(?:find|search|for|look|up|lookup|with|phone|mobile|ip|mac|ont|onu|serial|mail|e-?mail)\b|{BESIDE.pattern}",
    re.IGNORECASE,
)
"""What may stand beside an identifier that is all a message says."""
IS_THERE = word_set("is are was were isnt arent any anybody anyone anything who hi hello hey")
"""Before a "there" that is no place."""
NEIGHBOURS = word_set(
    "neighbour neighbours neighbor neighbors neighbouring neighborhood neighbourhood nextdoor"
)
WHO = re.compile(r"(?:list )?(?:who|which \w+s|customers|people|everybody|everyone|those)\b", re.IGNORECASE)
FOLLOWS = re.compile(
    r"^(?:and|what about|how about|same for|the same for|and for|also for|now for|also|then for|ditto for|"
    r"do the same for|back to|(?:(?:no|sorry|wait|oops|ah|oh)\b[\s,]*)*i mea?nt?|no,\s+(?:of|for|rather)|"
    r"sorry,?(?=\s+(?:of|for)\b))\b[\s,:]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """What is known about a message before any action is thought of.

    `focus` is what the thread is about, kind to key, the latest last; `verb` the first word after
    politeness, without its typing error; `does` says that it wishes for a change;
    `own_from` where somebody's own words begin in a wish to write them down; `verbs` the words with which
    a wish may begin; `odd` says that it begins like a wish for something unheard of.
    """

    text: str
    mood: Mood
    words: tuple[Token, ...]
    marks: tuple[Mark, ...]
    focus: Mapping[str, str] = field(default_factory=dict)
    follows: bool = False
    verb: str = ""
    does: bool = False
    own_from: int = SEEN
    verbs: tuple[str, ...] = ()
    odd: bool = False

    def verbs_but(self, nouns: Collection[str]) -> tuple[str, ...]:
        """Return the first word of the message and of each of its parts: "she has paid: restore service".

        Not where it is a noun: one of `nouns`, or before an "of".
        """
        parts = CLAUSE.split(self.text[self.begin : SEEN])
        firsts = [tokens(LEAD.sub("", part))[:2] for part in parts]
        lows = [
            [self.verb, *(t.low for t in firsts[0][1:])],
            *([t.low for t in first] for first in firsts[1:]),
        ]
        return tuple(low[0] for low in lows if low and low[0] not in nouns and not _noun(low))

    @cached_property
    def begin(self) -> int:
        """Where the message begins after greeting and politeness."""
        return len(self.text) - len(self.mood.core) if self.text.endswith(self.mood.core) else 0

    def cued(self, mark: Mark) -> bool:
        """Say whether a mark follows a word that names follow, or has an 's."""
        before = [w.low for w in self.words if w.end <= mark.start][-1:]
        whole = self.text[mark.start : mark.end].lower()
        owns = whole.endswith("'s") or whole == f"{mark.text.lower()}s"
        return bool(before and before[0] in CUES) or owns

    def marked(self, at: int) -> bool:
        """Say whether a mark stands here."""
        return any(m.start <= at < m.end for m in self.marks)

    @cached_property
    def pronoun(self) -> bool:
        """Whether it says her, him, they, it, this."""
        times = [m for m in self.marks if m.kind == "time"]  # the this of "this week" is none
        plain = (w for w in self.words if not any(m.start <= w.start < m.end for m in times))
        return any((w.low in PRONOUNS and not self._own(w)) or w.low in IT for w in plain)

    @cached_property
    def it(self) -> bool:
        """Whether it says it, this, that."""
        times = [m for m in self.marks if m.kind == "time"]
        return any(w.low in IT and not any(m.start <= w.start < m.end for m in times) for w in self.words)

    @cached_property
    def whom(self) -> bool:
        """Whether it says her, him or them."""
        return any(w.low in PRONOUNS and not self._own(w) for w in self.words)

    @property
    def nearby(self) -> bool:
        """Whether it is about where the one in focus is: "when could somebody go there", "the neighbours"."""
        plain = [w.low for w in self.words]
        there = any(low == "there" and i > 0 and plain[i - 1] not in IS_THERE for i, low in enumerate(plain))
        return there or not NEIGHBOURS.isdisjoint(plain)

    def _own(self, word: Token) -> bool:
        """Say whether a "their" means those asked for: "who did not keep their promise"."""
        return word.low in {"their", "they"} and WHO.match(self.mood.core) is not None

    @cached_property
    def asker(self) -> bool:
        """Whether it speaks of whoever asks: "my tickets", "assign it to me", not "show me the tickets"."""
        plain = FOR_ME.sub(" ", self.text[self.begin :].split(": ", 1)[0])
        return ANY_FOR_ME.search(self.text) is not None or any(w.low in ME for w in tokens(plain))

    @cached_property
    def said_after(self) -> int:
        """Where the text after a colon or dash begins, in which names are only told; else the end."""
        found = COLON.search(self.text)
        return found.start() if found else len(self.text)

    def odd_verb(self, known: Callable[[str], bool]) -> bool:
        """Say whether it begins like a wish, with a word nothing here speaks of: "poke Amina about it"."""
        words = [w for w in self.words if w.start >= self.begin][:2]
        if len(words) < FEWEST or self.mood.question or known(words[0].low) or words[0].low in FUNCTION:
            return False
        named = [m for m in self.marks if m.start == words[1].start and m.kind in {"name", "entity", "id"}]
        if any(m.entity.startswith(words[0].low) for m in named):
            return False  # "inv INV-1" says what it is
        return words[0].text.islower() and (bool(named) or words[1].low in PRONOUNS)

    def told_from(self, tells: Collection[str]) -> int:
        """Return where somebody's own words begin in a wish to write them down: they say nothing of the wish.

        `tells` are the stems of the verbs of such wishes.
        """
        tell = {stem(self.verb), stem(self.mood.verb)} & set(tells) or MAILS.match(self.mood.core)
        if not tell or CALLER.match(self.mood.core):
            return len(self.text)
        for found in OWN_WORDS.finditer(self.text, self.begin):
            if len(tokens(self.text[self.begin : found.start()])) >= FEWEST:
                return found.start()
        return len(self.text)

    @cached_property
    def names(self) -> tuple[Mark, ...]:
        """The marks that may name a thing, surest first."""
        order = {"entity": 0, "id": 1, "name": 2, "quoted": 3, "number": 4, "maybe": 5}
        return tuple(sorted((m for m in self.marks if m.kind in order), key=lambda m: order[m.kind]))

    @property
    def bare(self) -> Mark | None:
        """The one thing named, when the message says nothing else."""
        named = [m for m in self.marks if m.kind in {"entity", "id", "name"} or m.long_number]
        if len(named) != 1:
            return None
        mark = named[0]
        if mark.entity != "ticket" and OF_ONE.match(self.text):
            return None
        rest = self.text[: mark.start] + " " + self.text[mark.end :]
        beside = BESIDE if mark.kind != "id" else BESIDE_ID
        return mark if not re.sub(beside, "", rest) else None

    @property
    def maybe_bare(self) -> Mark | None:
        """The everyday word that is all a message says: it may be a name."""
        maybe = [m for m in self.marks if m.kind == "maybe"]
        if len(maybe) != 1 or len(self.marks) != 1:
            return None
        return maybe[0] if not re.sub(r"[\W_]", "", self.text.replace(maybe[0].text, "", 1)) else None


def read(text: str, nouns: Nouns, clock: Clock, currency: str, focus: Mapping[str, str]) -> Sentence:
    """Read one message; raises BadInput for a day that does not exist."""
    plain = clean(text)
    head = plain if len(plain) <= SEEN else plain[:SEEN].rsplit(" ", 1)[0]
    return Sentence(
        text=plain,
        mood=bound(mood_of(plain), plain, nouns.words),
        words=tuple(tokens(head)),
        marks=tuple(find_marks(head, nouns, clock, currency)),
        focus=focus,
        follows=bool(FOLLOWS.match(plain)),
    )


def grounded(said: Sentence) -> bool:
    """Say whether a message names something that is there, or speaks of what the thread is about."""
    named = any(m.found or m.kind in {"entity", "id"} or m.long_number for m in said.marks)
    return named or (said.pronoun and bool(said.focus))


def masked(said: Sentence, person: str, corrected: Callable[[str], str]) -> str:
    """Put the kind of thing in the place of each name: the examples speak of kinds as well."""
    begin, end = said.begin, said.own_from
    out, at = [], begin
    for mark in said.marks:
        if mark.start < begin or mark.end > end or not is_masked(mark, said):
            continue
        kind = "colleague" if mark.entity in PEOPLE else mark.entity
        out += [said.text[at : mark.start], f" {kind or person} "]
        at = mark.end
    text = with_role("".join([*out, said.text[at:end]]).lower())
    it = next((kind for kind in reversed(list(said.focus)) if kind != person), "")
    person = "colleague" if next(reversed(list(said.focus)), "") in PEOPLE else person
    plain = [_word(w, person, it, corrected) for w in re.findall(r"[\w'@.:/+\-]+|[?]", text)]
    return " ".join(w for i, w in enumerate(plain) if w and (i == 0 or w != plain[i - 1]))[:600]


def is_masked(mark: Mark, said: Sentence) -> bool:
    """Say whether a mark stands for a thing: found, an identifier, written like a name or after "of"."""
    if mark.kind in {"entity", "id"} or mark.found or (mark.entity and mark.long_number):
        return True
    if mark.kind == "name":
        return mark.text[:1].isupper() or bool(mark.entity) or said.cued(mark)
    return mark.kind == "maybe" and said.cued(mark)


def names_at(at: int, said: Sentence) -> bool:
    """Say whether what is named, or quoted, stands here."""
    return any(m.start <= at < m.end and (m.kind == "quoted" or is_masked(m, said)) for m in said.marks)


def values_at(at: int, said: Sentence) -> bool:
    """Say whether what is named, or a figure, stands here."""
    return any(m.start <= at < m.end and (m.kind in VALUES or is_masked(m, said)) for m in said.marks)


def _noun(low: Sequence[str]) -> bool:
    return len(low) > 1 and (low[1] in NO_VERB or " ".join(low[:2]) in NOUNS)


def _word(word: str, person: str, it: str, corrected: Callable[[str], str]) -> str:
    bare = word.strip(".:'-/")
    if bare in PRONOUNS:
        return person
    if bare in TITLES:
        return ""
    if it and bare in {"it", "its"}:
        return it
    bare = bare.removesuffix("'s")
    if "-" in bare and bare.replace("-", "").isalpha():
        return " ".join(corrected(part) for part in bare.split("-"))
    return corrected(bare)
