"""Messages and mailings by their numbers, templates by their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.api import Context, Entity, Match, Unsaid
from plugins.email.port import Mail, Template

Ctx = Context[Any]
MESSAGE = re.compile(r"\b(?:EM-\d{1,12}|ML-\d{1,12}-\d{1,6})\b", re.IGNORECASE)
MAILING = re.compile(r"\bML-\d{1,12}\b(?!-\d)", re.IGNORECASE)
TEMPLATE = re.compile(
    r"\b(?:outage|maintenance) notice\b|"
    r"\b(?!(?:the|an?|our|my|all|any|this|that|new|which|what|list|show|me|standard|e-?mail|mail|is|use|with)\b)"
    r"[a-z]+ [a-z]+(?= template\b)",
    re.IGNORECASE,
)
"""Two words before “template”, and names that no wish begins with."""
NEAR = 0.6
LONGEST_NAME = 80
SAY_WHAT = "Say what to write, or name a template{names}; `email templates` shows them."
OFFERED = 12


async def find_message(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find a message by its number."""
    del limit  # a number is one message or none
    found = await ctx.port(Mail).get(ctx.scope, text)
    if found is None or found.number is None:
        return []
    label = f"{found.number} to {found.customer_name}"
    detail = f"{found.subject}, {found.status}"
    return [Match(key=found.number, label=label, record=found, detail=detail, exact=True, scope=found.area)]


async def find_mailing(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find a mailing by its number; all its recipients must be within reach."""
    del limit  # a number is one mailing or none
    found = await ctx.port(Mail).get_mailing(ctx.scope, text)
    if found is None:
        return []
    return [Match(key=found.number, label=found.number, record=found, detail=found.subject, exact=True)]


IDLE = frozenset({"a", "an", "the", "our", "this", "template", "e", "mail", "email", "use", "take"})
"""Words that stand around the name of a template."""


async def find_template(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find templates by name, spaces or underscores, or by words of it."""
    wanted = re.sub(r"[\s\-]+", "_", text.strip().lower())
    words = {word: None for word in wanted.split("_") if word not in IDLE}
    found: list[Match] = []
    for one in await ctx.port(Mail).templates():
        exact = one.name in {wanted, "_".join(words)}
        common = len(words.keys() & set(one.name.split("_"))) / (len(words) or 1)
        if exact or common > 0:
            score = 1.0 if exact else NEAR * common
            found.append(
                Match(key=one.name, label=one.name, record=one, detail=one.subject, exact=exact, score=score)
            )
    return sorted(found, key=lambda match: (-match.score, match.key))[:limit]


async def worded(ctx: Ctx, template: Template | None, text: str) -> tuple[Template | None, str]:
    """Return what is to be said: a text that is nothing but the name of a template is that template.

    Unsaid where there is neither.
    """
    if template is None and not text.strip():
        names = ", ".join(f"`{one.name}`" for one in (await ctx.port(Mail).templates())[:OFFERED])
        raise Unsaid(SAY_WHAT.format(names=f": {names}" if names else ""), "text")
    if template is None and len(text) <= LONGEST_NAME:
        found = await find_template(ctx, text.strip(" ."), 1)
        if found and found[0].exact:
            return found[0].record, ""
    return template, text


ENTITIES = (
    Entity(
        name="message",
        title="E-mail",
        permission="email:read",
        find=find_message,
        patterns=(MESSAGE,),
        words=("e-mail", "message"),
    ),
    Entity(
        name="mailing",
        title="Mailing",
        permission="email:read",
        find=find_mailing,
        patterns=(MAILING,),
        words=("mailing",),
        scoped=False,
    ),
    Entity(
        name="template",
        title="Template",
        permission="email:read",
        find=find_template,
        patterns=(TEMPLATE,),
        words=("template",),
        scoped=False,
    ),
)
