"""The Markdown of replies as HTML: a few marks, everything else escaped, links shown with where they lead."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters and direction marks in data would mislead the reader."""
CODE = re.compile(r"`([^`\n]+)`")
BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
LINK = re.compile(r"\[([^\[\]\n]*)\]\((https://[^\s()<>]+)\)")
HEADING = re.compile(r"^#{1,6} +", re.MULTILINE)
BULLET = re.compile(r"^(\s*)[-*+] +", re.MULTILINE)


def clean(text: str) -> str:
    """Return text without what would repaint or reverse the page."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def marked(text: str) -> Markup:
    """Return one block of text whose line breaks the style keeps."""
    plain = BULLET.sub(r"\1• ", HEADING.sub("", clean(text)))
    parts = CODE.split(plain)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if at % 2 else _styled(part) for at, part in enumerate(parts)
    )


def _styled(text: str) -> Markup:
    """Style text that is escaped first: what is matched afterwards can hold no markup of its own."""
    safe = str(escape(text))
    safe = BOLD.sub(r"<strong>\2</strong>", safe)
    safe = LINK.sub(r'<a href="\2" rel="noreferrer noopener">\1 (\2)</a>', safe)
    return Markup(safe)  # noqa: S704 - escaped above; only our own tags were added
