"""Markdown turned into Slack's own dialect, with nothing in it that Slack would act upon."""

from __future__ import annotations

import re
from collections.abc import Iterator

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LOUD = re.compile(r"@(?=(channel|here|everyone|group)\b)", re.IGNORECASE)
FENCE = re.compile(r"^\s*(```|~~~)")
CODE = re.compile(r"(`[^`\n]+`)")
BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
ITALIC = re.compile(r"(?<![*\w])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![*\w])")
STRIKE = re.compile(r"~~(?=\S)(.+?)(?<=\S)~~")
LINK = re.compile(r"!?\[([^\[\]\n]*)\]\(\s*([^\s()]+(?:\([^\s()]*\))?)\s*\)")
HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*$")
BULLET = re.compile(r"^(\s*)[-*+]\s+")
QUIET = "\u2060"
"""Put after an @ so that it calls nobody; it has no width."""


def clean(text: str) -> str:
    """Return text without control characters, direction marks and calls to everybody."""
    return LOUD.sub(f"@{QUIET}", CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def escape(text: str) -> str:
    """Return text in which Slack finds no mention, channel or link."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cell(text: str) -> str:
    """Return text for a place that shows it as it is: no markup there."""
    return clean(text)


def to_mrkdwn(markdown: str) -> str:
    """Return Markdown as mrkdwn; what is in code stays as it is."""
    # Once more at the end: what is made of `@here__x__` frees a name that was part of a word.
    return LOUD.sub(f"@{QUIET}", "\n".join(_lines(clean(markdown).split("\n"))))


def _lines(lines: list[str]) -> Iterator[str]:
    fenced = False
    for line in lines:
        if FENCE.match(line):
            fenced = not fenced
            yield "```"
        else:
            yield _escape(line) if fenced else _line(line)
    if fenced:
        yield "```"


def _line(line: str) -> str:
    if heading := HEADING.match(line):
        return f"*{_inline(heading.group(1)).replace('*', '')}*" if heading.group(1) else ""
    quote = line.startswith(">")
    body = BULLET.sub(r"\1• ", line.removeprefix(">") if quote else line)
    return (">" if quote else "") + _inline(body)


def _inline(text: str) -> str:
    return "".join(_escape(part) if at % 2 else _styled(part) for at, part in enumerate(CODE.split(text)))


def _styled(text: str) -> str:
    text = _escape(text)
    text = LINK.sub(_link, text)
    text = ITALIC.sub(r"_\1_", text)
    text = BOLD.sub(r"*\2*", text)
    return STRIKE.sub(r"~\1~", text)


def _link(found: re.Match[str]) -> str:
    """Show where a link leads: a label alone could say anything."""
    label, url = found.group(1).strip(), found.group(2)
    if not url.startswith(("https://", "http://", "mailto:")) or "|" in url:
        return f"{label} ({url})" if label else url
    return f"<{url}>" if label in {"", url} else f"{label} (<{url}>)"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def linkable(address: str) -> bool:
    """Say whether an address can stand in a link."""
    return address.startswith(("https://", "http://")) and not set(address) & set("<>| \n")
