"""Text to tokens: cleaned of control characters, in lower case, with a light stem."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'", "‘": "'", "`": "'"})
TOKEN = re.compile(r"[^\W_]+(?:['.@:/+\-_][^\W_]+)*")
POSSESSIVE = re.compile(r"'s?$")
FUNCTION = word_set(
    """
    a about again all also am an and any anyone are as ask at be been being both but by can cannot
    could currently did didnt do does doesnt doing dont dr each engr every for from get gets
    getting give go going got had has have having he hello her here hers hey hi him his how i if im
    in into is isnt it its ive just kindly let lets like madam many may me might mine miss more most
    mr mrs ms much must my need now of off ok okay on once one or our out over per please pls put
    right she should show sir so some soon still such tell than thank thanks that the their theirs
    them then there these they thing things this those to today tomorrow too u under ur us very
    want was we were what whats when where whether which who whom whose why will with would yes
    yesterday yet you your yours
    """
)
"""Words that carry no topic of their own."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the message and where it stands."""

    text: str
    low: str
    start: int
    end: int

    @property
    def stem(self) -> str:
        """The word without its ending."""
        return stem(self.low)


EMPTY_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """Return the text without control and formatting characters, quotes made plain, blanks single.

    No more than one line in a row is left empty: patterns look for the end of what was said over blanks.
    """
    kept = (
        c if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cn", "Co", "Cs"} else " "
        for c in unicodedata.normalize("NFKC", text)
    )
    lines = "".join(kept).translate(QUOTES).split("\n")
    return EMPTY_LINES.sub("\n\n", "\n".join(" ".join(line.split()) for line in lines)).strip()


def tokens(text: str) -> list[Token]:
    """Return the words of a cleaned text."""
    return [_token(m) for m in TOKEN.finditer(text)]


def _token(found: re.Match[str]) -> Token:
    text = found[0]
    low = text.lower()
    if "'" in low:
        low = POSSESSIVE.sub("", low).replace("'", "")
    return Token(text, low, found.start(), found.end())


@lru_cache(8_192)
def stem(word: str) -> str:
    """Return the word without the common English endings; crude, but the same on both sides."""
    if len(word) <= 3 or not word.isalpha():  # noqa: PLR2004 - "is", "olt"
        return word
    for ending, instead in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:  # noqa: PLR2004 - leaves a word
            root = word[: -len(ending)] + instead
            return root.removesuffix("e") if ending in PLURAL else _undouble(root)
    return word.removesuffix("e")


PLURAL = frozenset({"s", "ss", "es", "sses", "us"})
ENDINGS = (
    *(("ies", "y"), ("ied", "y"), ("sses", "ss"), ("ments", ""), ("ment", ""), ("ings", ""), ("ing", "")),
    *(("edly", ""), ("ed", ""), ("ers", ""), ("er", ""), ("es", ""), ("ss", "ss"), ("us", "us"), ("s", "")),
)


def _undouble(word: str) -> str:
    """Turn `stopp` into `stop`; the silent e of `clos(e)` goes everywhere."""
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":  # noqa: PLR2004
        return word[:-1]
    return word.removesuffix("e")
