"""Which words of the data the typed words may stand for, and how well a customer fits them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from plugins.connectors.local.queries_words import Candidate
from plugins.connectors.local.shapes import words_of
from plugins.customers.port import Customer, Found

SHORT = 5
CUTOFF_SHORT, CUTOFF_LONG = 0.72, 0.6
"""One slip in a word of up to five letters, two in one of six or seven, and so on."""
BEGINNING = 0.75
"""What the first letters of a word count for at least."""
ROWS = 12_000
"""Rows that the rarer words may bring in before the others are only checked on them."""
ROWS_EACH = 6_000
"""Rows that the misreadings of one word may bring in after the best two."""
GOOD = 0.6
NUMBER = re.compile(r"\d")
WHOLE, TURNED, CONTACT = 1.0, 0.995, 0.99
"""How well a customer fits whose whole name was typed, in this order or another, or their contact's."""


def needed(words: Sequence[str]) -> int:
    """Return how many of the typed words have to occur: of three or more, one may be unknown."""
    return len(words) if len(words) <= 2 else len(words) - 1  # noqa: PLR2004 - as the sentence says


def exact_candidates(words: Sequence[str], uses: Mapping[str, int]) -> list[Candidate]:
    """Return the typed words themselves."""
    return _weighed([Candidate(nr, word, 1.0) for nr, word in enumerate(words) if word in uses], uses, 1)


def near_candidates(words: Sequence[str], vocabulary: Mapping[str, int]) -> list[Candidate]:
    """Return for each typed word itself, longer words that begin with it, and words spelled nearly so."""
    found = [candidate for nr, word in enumerate(words) for candidate in _near(nr, word, vocabulary)]
    return _weighed(found, vocabulary, 1 + len(words) - needed(words))


def _weighed(found: Sequence[Candidate], uses: Mapping[str, int], least: int) -> list[Candidate]:
    """Mark typed words as common, but never the `least` rarest: whatever fits has one of those."""
    rows: dict[int, int] = {}
    for candidate in found:
        rows[candidate.nr] = rows.get(candidate.nr, 0) + uses[candidate.word]
    taken, common = 0, set[int]()
    for place, nr in enumerate(sorted(rows, key=lambda nr: rows[nr])):
        taken += rows[nr]
        if place >= least and taken > ROWS:
            common.add(nr)
    return [replace(c, common=c.nr in common) for c in found]


def _near(nr: int, word: str, vocabulary: Mapping[str, int]) -> list[Candidate]:
    if NUMBER.search(word):  # another number is not a misspelled one, but somebody else's
        return [Candidate(nr, word, 1.0)] if word in vocabulary else []
    scores = {word: 1.0} if word in vocabulary else {}
    if len(word) > 1:
        cutoff = CUTOFF_SHORT if len(word) <= SHORT else CUTOFF_LONG
        for other, score, _ in process.extract(
            word, list(vocabulary), scorer=OSA.normalized_similarity, score_cutoff=cutoff, limit=8
        ):
            scores.setdefault(other, score * 0.95)
        longer = [other for other in vocabulary if other.startswith(word)]
        for other in sorted(longer, key=lambda o: (len(o), -vocabulary[o]))[:20]:
            part = BEGINNING + (1 - BEGINNING) * len(word) / len(other)
            scores[other] = max(part, scores.get(other, 0.0))
    taken: list[Candidate] = []
    rows = 0
    for other, score in sorted(scores.items(), key=lambda item: -item[1]):
        if len(taken) >= 2 and rows > ROWS_EACH:  # noqa: PLR2004 - as ROWS_EACH says
            break
        rows += vocabulary[other]
        taken.append(Candidate(nr, other, score))
    return taken


def ranked(words: Sequence[str], customers: Sequence[Customer], limit: int) -> list[Found]:
    """Return the customers that fit well enough, best first; a full name only one bears is exact."""
    named = [customer for customer in customers if _bears(words, customer)]
    found = [
        Found(customer=c, by=_by(words, c), exact=c in named and len(named) == 1, score=max(fit, whole))
        for c in customers
        if max(fit := _fit(words, c), whole := _bears(words, c)) >= GOOD
    ]
    found.sort(key=lambda f: (-f.score, f.customer.status == "churned", f.customer.name, f.customer.number))
    return found[:limit]


def _bears(words: Sequence[str], customer: Customer) -> float:
    """Return how well the words are the whole of the name, or of the contact person's; 0 if they are not."""
    own, contact = words_of(customer.name), words_of(customer.contact or "")
    if own == list(words):
        return WHOLE
    if sorted(own) == sorted(words):
        return TURNED
    return CONTACT if contact and sorted(contact) == sorted(words) else 0.0


def _by(words: Sequence[str], customer: Customer) -> str:
    """Say through what the words fit: `name`, `contact`, `address`, or several of them."""
    fields = {"name": customer.name, "contact": customer.contact or "", "address": customer.address}
    own = {field: words_of(value) for field, value in fields.items()}
    scored = [{field: _best(word, own[field]) for field in own} for word in words]
    best = {max(fits, key=lambda field: fits[field]) for fits in scored}
    return " and ".join(field for field in own if field in best)


def _fit(words: Sequence[str], customer: Customer) -> float:
    """Return how well all typed words are found among the customer's words (0 to 1)."""
    own = words_of(" ".join(filter(None, (customer.name, customer.contact, customer.address))))
    total = sum(_best(word, own) for word in words)
    return 0.98 * total / len(words) if words else 0.0


def _best(word: str, own: Sequence[str]) -> float:
    return max((_alike(word, other) for other in own), default=0.0)


def _alike(word: str, other: str) -> float:
    if word == other:
        return 1.0
    if len(word) > 1 and other.startswith(word):
        return BEGINNING + (1 - BEGINNING) * len(word) / len(other)
    return 1.0 * OSA.normalized_similarity(word, other) * 0.95
