"""The audit: who did what, to whom, when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from bot.api import Align, Column, Field, NotAllowed, Reply, Table, action, platform
from plugins.admin.nouns import AUDIT, Ctx, core, source

AMOUNT = re.compile(r"\b(?:more|less|over|under|above|below|at least|at most)\b\D*\d", re.IGNORECASE)
NO_AMOUNTS = "Not narrowed by “{said}”: the audit keeps no amounts to compare.\n\n"
LOOKED_AT = 4
"""How many times as many lines are looked at as are told: some only speak of the event."""
Limit = Annotated[int, Field(ge=1, le=200)]


@action(
    permission=AUDIT,
    reads_only=True,
    examples=[
        "who {did} customer {about} and when",
        "who {did} {about}",
        "who {did} {about} and when",
        "what happened to {about}",
        "what did {by} do",
        "audit of {about}",
        "who {did} {about} last week",
        "everything {by} changed",
        "what has {by} done",
        "audit of what {by} did",
        "who touched {about}",
        "audit log of {about}",
        "changes to {about} in the audit",
        "log of everything {by} did",
        "anything {by} did",
        "what {by} did",
    ],
)
async def audit_search(  # noqa: PLR0913 - each is one way to narrow the search
    ctx: Ctx,
    about: str = "",
    did: str = "",
    by: str = "",
    *,
    words: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    looked: bool = False,
    limit: Limit = 20,
) -> Reply:
    """Search the audit: by the number of a customer or ticket, a verb, a person, words, a time.

    Of what a person did, only changes are shown; `looked` shows what they looked up too.
    """
    check_reach(ctx)
    amount = AMOUNT.search(about)
    question = platform.AuditQuestion(
        about="" if amount else about,
        did=did,
        by=by,
        words=words,
        since=since,
        until=until,
        changes_only=bool(by) and not (about or did or words or looked),
        limit=limit,
    )
    lines = await core(ctx).audit(question)
    told = _told(ctx, question, lines)
    return replace(told, text=NO_AMOUNTS.format(said=about) + told.text) if amount else told


def _told(ctx: Ctx, question: platform.AuditQuestion, lines: Sequence[platform.AuditLine]) -> Reply:
    """Return the lines that were found, the newest as a sentence."""
    rows = [
        (line.at, line.by, what(line), line.event, ", ".join(line.things), plain(line.text)) for line in lines
    ]
    titles = ("When", "Who", "What", "How it went", "Whom", "Words")
    newest = story(ctx, lines, question.limit, changes=question.changes_only) if lines else ""
    return Reply(
        newest or nothing(ctx, question),
        data=tuple(lines),
        table=Table(columns=tuple(Column(t) for t in titles), rows=rows) if rows else None,
        evidence=source(ctx),
        private=True,
    )


@action(
    permission=AUDIT,
    reads_only=True,
    examples=["refusals", "what was refused", "what was {by} refused", "refusals since {since}"],
)
async def refusals(
    ctx: Ctx,
    by: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: Limit = 20,
) -> Reply:
    """Show what was refused, to whom and why; of one person, or of a time."""
    return await _of_event(ctx, "refused", by, since, until, limit)


@action(
    permission=AUDIT,
    reads_only=True,
    examples=[
        "which approvals were given",
        "approvals {by} gave",
        "what did {by} approve",
        "who approved what since {since}",
    ],
)
async def approved(
    ctx: Ctx,
    by: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: Limit = 20,
) -> Reply:
    """Show which waiting calls got a yes, and whose; of one person, or of a time."""
    return await _of_event(ctx, "approved", by, since, until, limit)


async def _of_event(
    ctx: Ctx, did: str, by: str, since: datetime | None, until: datetime | None, limit: int
) -> Reply:
    """Answer what became of calls in one way."""
    check_reach(ctx)
    question = platform.AuditQuestion(did=did, by=by, since=since, until=until, limit=LOOKED_AT * limit)
    lines = await core(ctx).audit(question)
    found = [line for line in lines if line.event == did][:limit]  # a look for the refused is called so too
    most = limit if len(lines) < question.limit else len(found)
    return _told(ctx, replace(question, limit=most), found)


def check_reach(ctx: Ctx) -> None:
    """Raise NotAllowed for a right that is limited to an area: what the audit tells has none."""
    if not ctx.scope.everywhere:
        raise NotAllowed(
            "Your right to search the audit is limited to an area, and the audit is one for the whole "
            "workspace, so I show none of it. Ask an admin whose role has no limit."
        )


def nothing(ctx: Ctx, question: platform.AuditQuestion) -> str:
    """Say what was looked for and is not there: what was done elsewhere stands in other systems only."""
    parts = [f"“{part}”" for part in (question.did, question.about, question.words) if part]
    what = f" for {', '.join(parts)}" if parts else ""
    what += f" by {question.by}" if question.by else ""
    what += f" since {ctx.local(question.since):%d %b %H:%M}" if question.since else ""
    what += f" until {ctx.local(question.until):%d %b %H:%M}" if question.until else ""
    if question.changes_only:
        return f"The audit has no change{what}. With `looked=yes` it shows what was looked up too."
    return f"The audit has nothing{what}. It knows what was asked of me, not what is done in other systems."


def story(ctx: Ctx, lines: Sequence[platform.AuditLine], limit: int, *, changes: bool = False) -> str:
    """Return the newest line as a sentence, and how many there are; a full list may not be all."""
    first = lines[0]
    whom = f" ({', '.join(first.things)})" if first.things else ""
    count = f"{len(lines)} in all" if len(lines) < limit else f"These are the newest {len(lines)}"
    at = f"{ctx.local(first.at):%d %b %Y %H:%M}"
    tail = "; what was only looked up is left out (`looked=yes`)." if changes else "."
    return f"{first.by}, {at}: {what(first)}{whom}, {first.event}. {count}{tail}"


def what(line: platform.AuditLine) -> str:
    """Return what was done, in words."""
    return (line.action_id or line.event).replace("_", " ")


def plain(text: str) -> str:
    """Return what was said without the marks that make it bold, which a table shows as they are."""
    return text.replace("**", "")


@action(
    permission=AUDIT,
    reads_only=True,
    examples=[
        "what could you not answer",
        "unanswered questions",
        "what do people ask for that you cannot do",
        "which words do you not understand",
        "which questions did you fail on",
    ],
)
async def unanswered(ctx: Ctx, limit: Limit = 20) -> Reply:
    """Show what people asked most that the bot could not answer; names are left out."""
    lines = await core(ctx).unanswered(limit)
    rows = [(line.words, line.asked, line.last_at) for line in lines]
    columns = (Column("Asked for"), Column("Times", Align.RIGHT), Column("Last", Align.RIGHT))
    none = "I had an answer to everything so far."
    return Reply(
        f"{len(lines)} forms of words I had no answer to." if lines else none,
        data=tuple(lines),
        table=Table(columns=columns, rows=rows) if rows else None,
        evidence=source(ctx),
    )


ACTIONS = (audit_search, refusals, approved, unanswered)
