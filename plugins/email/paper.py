"""A text drawn as HTML: paragraphs, line breaks and links, everything else exactly as it was written."""

from __future__ import annotations

import re
from html import escape

LINK = re.compile(r"https?://[^\s<>\"'`]{1,2000}", re.IGNORECASE)
AFTER = ".,;:!?)]}…"
"""What ends a sentence or a bracket and not an address."""
FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5"
PAGE = (
    '<!doctype html>\n<html><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title></head>\n'
    '<body style="margin:0;padding:24px;background:#ffffff;color:#1c1c1c;{font}">\n'
    '<div style="max-width:600px;margin:0 auto">\n'
    '<p style="font-weight:600;border-bottom:1px solid #dddddd;padding-bottom:12px">{isp}</p>\n'
    "{body}\n</div></body></html>\n"
)


def as_html(text: str, *, subject: str, isp: str) -> str:
    """Return a page that says what the text says; no letter of it is taken for markup."""
    paragraphs = [part for part in re.split(r"\n[ \t]*\n", text.strip("\n")) if part.strip()]
    body = "\n".join(f"<p>{_paragraph(part)}</p>" for part in paragraphs)
    return PAGE.format(title=escape(subject), font=FONT, isp=escape(isp), body=body)


def _paragraph(text: str) -> str:
    return "<br>\n".join(_line(line) for line in text.split("\n"))


def _line(text: str) -> str:
    """Return a line with its addresses as links; what stands around them is escaped."""
    parts, end = [], 0
    for found in LINK.finditer(text):
        address = found[0].rstrip(AFTER)
        parts.append(escape(text[end : found.start()]))
        parts.append(f'<a href="{escape(address)}">{escape(address)}</a>')
        end = found.start() + len(address)
    return "".join([*parts, escape(text[end:])])
