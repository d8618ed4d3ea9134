"""What a message names outright: identifiers, amounts, times, quoted words, numbers, and likely names."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.understand.lengths import joined
from bot.understand.possessive import FIRST_NAMES, OWNED, owner
from bot.understand.times import Clock, TimeMark, find_times
from bot.understand.timewords import DAYS, MONTHS
from bot.understand.words import FUNCTION, Token, tokens, word_set

QUOTED = re.compile(r'"([^"]{1,4000})"|(?<!\w)\'([^\']{2,4000})\'(?!\w)')
ADDRESS = re.compile(
    r"(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|[0-9a-f]{4}(?:[.-][0-9a-f]{4}){2}",
    re.IGNORECASE,
)
"""An IP or MAC address, whoever it is found to belong to."""
IDENTIFIERS = (
    re.compile(r"\b[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)*\b"),
    re.compile(r"\b(?:[0-9a-f]{2}[:\-]){5}[0-9a-f]{2}\b|\b(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}\b", re.IGNORECASE),
    re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?\b"),
    re.compile(r"\b[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,7}\b", re.IGNORECASE),
    re.compile(
        r"(?<![\w.,])(?!\d{5,7} \d{1,6}\b(?! \d))(?![1-9]\d{4,6} \d{1,3}(?: \d{3})+\b(?! ?\d))"
        r"\+?\d[\d ().\-]{7,16}\d\b(?!\s*(?:[A-Z]{3}|naira)\b)"
    ),
    re.compile(r"\b(?=[\w\-/]*\d)(?=[\w\-/]*[a-z])[a-z0-9]+(?:[\-/_][a-z0-9]+)+\b", re.IGNORECASE),
    re.compile(
        r"\b(?=\w*\d)(?=\w*[a-z])(?!\d+(?:k|m|h|d|w|st|nd|rd|th|am|pm|mbps|gbps|days?|hrs?|mins?)\b)"
        r"[a-z0-9]{4,}\b",
        re.IGNORECASE,
    ),
)
"""E-mail or PPPoE name, MAC, IPv4, IPv6, phone, dashed device name, letters with digits (a serial)."""
SLACK = re.compile(r"<[#@][CGUW][A-Z0-9]{7,12}(?:\|[^>]*)?>|\b[CGDUWT](?=[A-Z]*\d)[A-Z0-9]{8,12}\b")
"""A channel, person or team as Slack writes it: never a customer."""
NUMBER = re.compile(
    r"(?<![\w.])(?:[1-9]\d{0,2}(?: \d{3})++(?!\d| \d)|\d++)(?:[.,]\d++)*+(?![\w]|\s?(?:%|per ?cent\b))"
)
"""A share of something is no number of anything: "credit 10% of it" is not an amount of 10."""
UNITS = (
    r"naira|shillings?|francs?|dollars?|euros?|bucks|F|FCFA|cfa|"
    r"ngn|kes|usd|eur|gbp|ghs|xof|xaf|ugx|tzs|zar|rwf|"
    r"NGN|KES|USD|EUR|GBP|GHS|XOF|XAF|UGX|TZS|ZAR|RWF"
)
FIGURE = r"(?:\d{1,3}(?:[ ']\d{3})+(?:[.,]\d{1,2})?(?![\d.,]*\d)|\d(?:[\d,.']*\d)?)"
"""An amount as written: only groups of three stand apart, an account number before it is none of it."""
ACCOUNT_FIRST = rf"(?!\d{{5,}}\s(?:{UNITS}|{{currency}})\s?(?:\d{{1,4}}(?!\d)|\d+[.,]\d\d\b))"
"""No account before a currency whose amount follows: "100234 KES 500" are 500."""
MONEY = re.compile(
    rf"(?:[€$£₦]\s?|\b(?:NGN|KES|USD|EUR|GBP|GHS|XOF|XAF|UGX|TZS|ZAR|RWF|{{currency}})\s?)"
    rf"{FIGURE}k?\b|(?<![\d.,])\b{ACCOUNT_FIRST}{FIGURE}\s?(?:(?:k|thousand|million)\b|[€$£₦]|(?:{UNITS}|{{currency}})\b)",
)
LONG_NUMBER = 5
GAP = 3
"""Letters between two words of one name."""
CUES = word_set("of for does did has from about by")
"""Words a name follows."""
PEOPLE = frozenset({"staff", "user", "agent", "person", "colleague"})
"""Kinds that all mean somebody who works here."""
NUMBERED = frozenset({"ticket", "invoice", "payment", "outage"})
"""Kinds that go by numbers with a pattern of their own; nobody says their names."""
PLACES = frozenset({"site", "device", "port"})
"""Kinds whose word may follow the name: "the Ikeja site"."""
PRONOUNS = frozenset("her his him she he hers their them they theirs".split())  # noqa: SIM905
IT = frozenset("it its this that same one".split())  # noqa: SIM905
REGIONS = word_set("coast north south east west central centre capital highlands lowlands inland lakeside")
"""Words for a part of the country: by themselves they are nobody's name."""
WALLETS = word_set(
    "mpesa m-pesa airtel mtn momo tigo tigopesa ecocash opay palmpay paypal visa mastercard amex"
)
"""Ways to pay, never a person."""
SERVICES = word_set("slack telegram whatsapp sms teams")
"""Where people write to each other."""
NEAR_WORD = 24
"""How many letters behind a name it is looked for what it owns."""
GIVEN_NAMES = word_set(
    "grace mercy faith joy hope peace blessing comfort patience precious favour lucky rose prudence charity"
)
"""Names that are everyday words as well."""
NOT_NAMES = frozenset({*WALLETS, *SERVICES, *DAYS, *MONTHS, *(d[:3] for d in DAYS), *(m[:3] for m in MONTHS)})


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the message: `kind` is quoted, entity, id, slack, money, time, number, name or maybe.

    `entity` is the kind of thing when the words around, the pattern or a look-up say it; `found` when a
    look-up did, `near` when it found only something like it.
    """

    start: int
    end: int
    kind: str
    text: str
    entity: str = ""
    time: TimeMark | None = None
    found: bool = False
    near: bool = False

    @property
    def long_number(self) -> bool:
        """Whether it may be an account number."""
        return self.kind == "number" and self.text.isdigit() and len(self.text) >= LONG_NUMBER


@dataclass(frozen=True, kw_only=True)
class Nouns:
    """What the enabled plugins call things: patterns of identifiers, and words for each kind.

    `known(word)` says whether an action speaks of it, perhaps mistyped; `exact(word)` of just this word;
    `common(word)` whether it is everyday English.
    """

    patterns: Sequence[tuple[str, re.Pattern[str]]] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    known: Callable[[str], bool] = lambda _word: False
    common: Callable[[str], bool] = lambda _word: False
    exact: Callable[[str], bool] = lambda _word: False


def find_marks(text: str, nouns: Nouns, clock: Clock, currency: str) -> list[Mark]:
    """Return the marks of a cleaned message in order, none overlapping."""
    found: list[Mark] = []
    _take(found, (Mark(m.start(), m.end(), "quoted", m[1] or m[2]) for m in QUOTED.finditer(text)))
    for kind, pattern in nouns.patterns:
        _take(found, (Mark(m.start(), m.end(), "entity", m[0], kind) for m in pattern.finditer(text)))
    _take(found, (Mark(m.start(), m.end(), "slack", m[0]) for m in SLACK.finditer(text)))
    for pattern in IDENTIFIERS[:4]:
        _take(found, (Mark(m.start(), m.end(), "id", m[0]) for m in pattern.finditer(text)))
    _take(found, _amounts(text, currency))
    plain = _without(text, [m for m in found if m.kind in {"id", "entity"}])
    _take(found, (Mark(t.start, t.end, "time", text[t.start : t.end], "", t) for t in _times(plain, clock)))
    for pattern in IDENTIFIERS[4:]:
        _take(found, (Mark(m.start(), m.end(), "id", m[0]) for m in pattern.finditer(text)))
    _take(found, (Mark(m.start(), m.end(), "number", m[0]) for m in NUMBER.finditer(text)))
    words = tokens(text)
    _take(found, _names(text, words, found, nouns))
    return sorted((_hinted(m, words, nouns) for m in found), key=lambda m: m.start)


def _without(text: str, marks: Sequence[Mark]) -> str:
    """Return the text with these marks blotted out: an address is no day in March."""
    for mark in marks:
        text = f"{text[: mark.start]}{'x' * (mark.end - mark.start)}{text[mark.end :]}"
    return text


def _times(text: str, clock: Clock) -> list[TimeMark]:
    """Return the times, without single letters that only look like a length ("5 m")."""
    return [
        t
        for t in joined(text, find_times(text, clock))
        if not re.fullmatch(r"an? (?:[smhdwy]|second)", text[t.start : t.end])  # "a second person"
    ]


def _amounts(text: str, currency: str) -> list[Mark]:
    pattern = _money(currency)
    return [Mark(m.start(), m.end(), "money", m[0].strip()) for m in pattern.finditer(text)]


def _money(currency: str) -> re.Pattern[str]:
    if currency not in MONEY_OF:
        code = currency if re.fullmatch(r"[A-Z]{3}", currency) else "USD"
        MONEY_OF[currency] = re.compile(MONEY.pattern.replace("{currency}", f"{code}|{code.lower()}"))
    return MONEY_OF[currency]


MONEY_OF: dict[str, re.Pattern[str]] = {}


def _take(found: list[Mark], new: object) -> None:
    """Add the marks that do not overlap what is there."""
    for mark in list(new):  # type: ignore[call-overload]  # any iterable of marks, a list or a generator
        if not any(mark.start < m.end and m.start < mark.end for m in found):
            found.append(mark)


def _names(text: str, words: Sequence[Token], found: Sequence[Mark], nouns: Nouns) -> list[Mark]:
    """Return runs of words no action speaks of; `name` when they look like one, else `maybe`."""
    shouting = sum(w.text[:1].isupper() for w in words) > 0.8 * len(words) > 2  # noqa: PLR2004 - Title Case
    free = [w for w in words if not any(m.start < w.end and w.start < m.end for m in found)]
    runs: list[list[Token]] = []
    slips = {w for w in free if _only_alike(w, words, nouns) or _given_name(w, words)}
    for word in free:
        if word not in slips and not _nameable(
            word, first=_opens(text, word), shouting=shouting, nouns=nouns
        ):
            continue
        if (
            runs
            and not text[runs[-1][-1].end : word.start].strip(" '")
            and word.start - runs[-1][-1].end <= GAP
            and not runs[-1][-1].text.endswith("'s")
        ):
            runs[-1].append(word)
        else:
            runs.append([word])
    whole = (_trimmed(run, nouns, slips) for run in runs)
    return [_run(text, run, nouns, shouting=shouting) for run in whole if not _region(run)]


def _given_name(word: Token, words: Sequence[Token]) -> bool:
    """Say whether an everyday word that is somebody's name as well stands where names do: "grace's bill"."""
    at = words.index(word)
    cued = at > 0 and words[at - 1].low in CUES
    if word.low.endswith("s") and word.low[:-1] in GIVEN_NAMES | FIRST_NAMES:  # "graces invoices"
        return words[at + 1 : at + 2] != [] and words[at + 1].low in OWNED
    return word.low in GIVEN_NAMES and (cued or word.text.endswith("'s"))


def _region(run: Sequence[Token]) -> bool:
    return len(run) == 1 and run[0].low in REGIONS


def _only_alike(word: Token, words: Sequence[Token], nouns: Nouns) -> bool:
    """Say whether a word is one letter from ours, but stands where names do: amina bello, not below."""
    low = word.low
    if not nouns.known(low) or nouns.exact(low) or nouns.common(low) or low in FUNCTION:
        return False
    at = words.index(word)
    if at == 0 and not word.text.endswith("'s"):  # there stands the wish itself
        return False
    beside = [*words[max(0, at - 1) : at], *words[at + 1 : at + 2]]
    odd = any(not (nouns.known(w.low) or nouns.common(w.low)) and w.low not in FUNCTION for w in beside)
    return odd or word.text.endswith("'s") or (at > 0 and words[at - 1].low in CUES)


def _trimmed(run: list[Token], nouns: Nouns, slips: Collection[Token]) -> list[Token]:
    """Leave out everyday words around a name: "amina bello lately", "lookup Amina"."""
    strange = [
        w in slips
        or w.text[:1].isupper()
        or not (nouns.known(w.low) or nouns.common(w.low) or w.low.endswith("ly"))
        for w in run
    ]
    if not any(strange):
        return run
    end = max(i for i, odd in enumerate(strange) if odd) + 1
    titled = [w.text[:1].isupper() for w in run]
    start = titled.index(True) if any(titled[:end]) and run[0].text.islower() else 0
    return run[start:end]


def _opens(text: str, word: Token) -> bool:
    """Say whether a word opens a sentence, where a capital means nothing."""
    return not text[: word.start].strip() or text[: word.start].rstrip().endswith((".", "!", "?", ":", "\n"))


def _nameable(word: Token, *, first: bool, shouting: bool, nouns: Nouns) -> bool:
    low = word.low
    if low in FUNCTION or low in NOT_NAMES or low in nouns.words or not low[:1].isalpha():
        return False
    if word.text[:-1].isupper() and word.text.endswith("s") and len(word.text) > 2:  # noqa: PLR2004 - IPs, ONTs
        return False
    if "-" in low and all(nouns.known(part) or part in FUNCTION for part in low.split("-")):
        return False
    return (not nouns.known(low)) or (_titled(word) and not first and not shouting)


def _titled(word: Token) -> bool:
    return len(word.text) > 2 and word.text[0].isupper() and not word.text.isupper()  # noqa: PLR2004


def _run(text: str, run: Sequence[Token], nouns: Nouns, *, shouting: bool) -> Mark:
    strange = [not (nouns.known(w.low) or nouns.common(w.low)) for w in run]
    titled = [_titled(w) and not _opens(text, w) and not shouting for w in run]
    start, end = run[0].start, run[-1].end
    behind = next(iter(re.findall(r"\w+", text[end : end + NEAR_WORD])), "").lower()
    owns = len(run) == 1 and run[0].low[:-1] in GIVEN_NAMES | FIRST_NAMES and behind in OWNED
    kind = "name" if any(strange) or any(titled) or owns else "maybe"
    said = re.sub(r"'s?$", "", text[start:end])
    if kind == "name" and len(run) == 1:
        said = owner(said, behind)
    return Mark(start, end, kind, said)


def _hinted(mark: Mark, words: Sequence[Token], nouns: Nouns) -> Mark:
    """Add the kind of thing that the word before (`site Ikeja`) or after (`Ikeja site`) says."""
    if mark.entity or mark.kind not in {"id", "name", "maybe", "number", "quoted"}:
        return mark
    before = [w.low for w in words if w.end <= mark.start][-2:]
    if before and before[-1] in {"number", "no", "id", "named", "called"}:
        before.pop()
    hints = [nouns.words[w] for w in before[-1:] if w in nouns.words]
    if mark.kind in {"name", "maybe"}:
        hints = [h for h in hints if h not in NUMBERED]
    if not hints and mark.kind in {"name", "maybe"}:
        after = [w.low for w in words if 0 <= w.start - mark.end <= 1][:1]
        hints = [nouns.words[w] for w in after if nouns.words.get(w) in PLACES and not w.endswith("s")]
    return Mark(mark.start, mark.end, mark.kind, mark.text, hints[0], mark.time) if hints else mark
