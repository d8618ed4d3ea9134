"""What stands around a text that somebody typed: a greeting, a closing, a subject, as the tenant likes."""

from __future__ import annotations

import re
from typing import Any

from bot.api import Context
from plugins.email.letter import checked_body, subject_of
from plugins.email.settings import EmailSettings

GREETS = re.compile(
    r"(?:dear|hi|hello|hey|greetings|good (?:morning|afternoon|evening|day)|to whom|jambo|habari|"
    r"mambo|hujambo|ndugu|bonjour|bonsoir|cher|chère|madame?|monsieur|sir|hola|buenos|estimad[oa]|querid[oa]|"
    r"ola|olá|prezad[oa]|car[oa]|hallo|guten|liebe[rs]?|sehr geehrte[rs]?|beste|geachte|sawubona|bawo)\b"
    r"(?!-)",
    re.IGNORECASE,
)
"""Whoever greets has written a whole letter, which goes out as it is; `Hi-speed` greets nobody."""


def framed(ctx: Context[Any], text: str) -> str:
    """Return a text as a letter: greeting, the text as a sentence, closing."""
    body, look = checked_body(text), _look(ctx)
    if not look.greeting.strip() or _whole(body, look):
        return body
    if body[-1].isalnum():
        body += "."
    parts = (look.greeting.strip(), f"{body[0].upper()}{body[1:]}", look.closing.strip())
    return "\n\n".join(part for part in parts if part)


def _whole(body: str, look: EmailSettings) -> bool:
    """Whether a text greets already, in words we know or those of the workspace, or closes as it does."""
    begins, ends = _around(look.greeting), _around(look.closing)
    return bool(
        GREETS.match(body)
        or re.match(begins, body, re.IGNORECASE)
        or (ends and re.search(rf"\n{ends}\s*$", body, re.IGNORECASE))
    )


def _around(words: str) -> str:
    """Return a pattern of a greeting or closing with anything in its places."""
    parts = re.split(r"\{\w+\}", words.strip())
    return r"[^\n]{1,80}?".join(re.escape(part) for part in parts) if any(p.strip() for p in parts) else ""


def headed(ctx: Context[Any], text: str) -> str:
    """Return the subject of a text for which nobody gave one."""
    body = checked_body(text)
    lines = body.splitlines()
    rest = "\n".join(lines[1:]).strip()
    about = subject_of(rest if GREETS.match(body) and rest else body, "")
    about = f"{about[0].upper()}{about[1:]}"
    return _look(ctx).subject.replace("{about}", about).strip() or about


def _look(ctx: Context[Any]) -> EmailSettings:
    return ctx.settings if isinstance(ctx.settings, EmailSettings) else EmailSettings()
