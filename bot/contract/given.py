"""The values on which an approval policy depends, as text: `priority=urgent,high; team="Field, north"`."""

from __future__ import annotations

import re
from collections.abc import Mapping

PAIR = re.compile(r"(?:^|[;,\s]|\band\b)\s*(?:where\s+)?(?P<name>[A-Za-z]\w{0,60})\s*=\s*")
"""Where a condition begins: the name of an argument and an equals sign."""
VALUE = re.compile(r'\s*(?:"(?P<quoted>[^"]*)"|(?P<plain>[^,"]*?))\s*(?:,|\bor\b|$)')
LOOSE = re.compile(r"(?:[;,\s]|\band\b)+$")
SPECIAL = re.compile(r'[,;="“”]|\b(?:or|and)\b|^$')
MOST_NAMES, MOST_VALUES, LONGEST = 8, 30, 1_000


def read_given(words: str) -> dict[str, tuple[str, ...]]:
    """Return the values that fit, by argument; ValueError where the text is no list of conditions."""
    text = words.strip().translate({ord("“"): '"', ord("”"): '"'})
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST:,} characters")
    masked = re.sub(r'"[^"]*"', lambda quoted: "x" * len(quoted[0]), text)
    starts = list(PAIR.finditer(masked))
    if not text:
        return {}
    if not starts or masked[: starts[0].start()].strip() or len(starts) > MOST_NAMES:
        raise ValueError(f"is not up to {MOST_NAMES} of `name=value`")
    ends = [*(one.start() for one in starts[1:]), len(text)]
    found: dict[str, tuple[str, ...]] = {}
    for one, end in zip(starts, ends, strict=True):
        name = one["name"].lower()
        values = _values(LOOSE.sub("", text[one.end() : end]))
        if name in found:
            raise ValueError(f"names `{name}` twice: write `{name}=a,b` for any of several values")
        if not values or len(values) > MOST_VALUES:
            raise ValueError(f"needs one to {MOST_VALUES} values for `{name}`")
        found[name] = values
    return found


def _values(text: str) -> tuple[str, ...]:
    found = [" ".join((one["quoted"] or one["plain"] or "").split()) for one in VALUE.finditer(text)]
    return tuple(dict.fromkeys(one for one in found if one))


def write_given(given: Mapping[str, tuple[str, ...]]) -> str:
    """Return conditions as the text that reads back as them."""
    return "; ".join(
        f"{name}={','.join(_quoted(value) for value in values)}" for name, values in given.items()
    )


def _quoted(value: str) -> str:
    plain = value.translate(str.maketrans("", "", '"“”'))
    return f'"{plain}"' if SPECIAL.search(value) else value


def given_words(text: str) -> str:
    """Return conditions for a sentence: `with priority urgent or high`; as they are if they read as none."""
    try:
        given = read_given(text)
    except ValueError:
        return f"with {text}"
    parts = [f"{name.replace('_', ' ')} {' or '.join(values)}" for name, values in given.items()]
    return f"with {' and '.join(parts)}" if parts else ""
