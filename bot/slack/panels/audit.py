"""Panel: the audit, searched by person, deed, thing and days; the whole of it as a file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.contract.platform import AuditLine
from bot.contract.reply import File, Reply
from bot.contract.sheet import to_csv
from bot.slack.calls import CallError, made
from bot.slack.panels.blocks import chosen, entry, esc, line, looked_up, paging, row, small, ticked, to, typed
from bot.slack.panels.hearing import EXPORT
from bot.slack.panels.screen import Page, Screen, Visit, fresh
from bot.slack.parts import Block

EACH, MOST, MOST_FILE, ROUND = 8, 200, 5_000, 200
"""Lines on a page, in a search, in the file, and asked for at once."""
HOME = "home"
"""The event of a look at the Home tab."""
NOTHING = "Nothing fits. Search with less, or further back."
DAYS = (("1", "today and yesterday"), ("7", "7 days"), ("30", "30 days"), ("365", "a year"), ("0", "ever"))
THREAD = re.compile(r"(T[A-Z0-9]+):([CDG][A-Z0-9]+):([0-9]+\.[0-9]+)")
FIELDS = ("by", "did", "about", "words", "days", "looked")
LONGEST = 100
Asked = Mapping[str, str]


async def audit(visit: Visit) -> Page:
    """Show the form of a search."""
    await visit.read("admin_audit_search", limit=1)
    mark, old = fresh(), {name: str(visit.state.get(name, "")) for name in FIELDS}
    person = looked_up("person", "by", "Anybody", (old["by"], old["by"]) if old["by"] else None)
    blocks = [
        entry("by", mark, "Who", person),
        entry("did", mark, "Did what", typed(old["did"], longest=LONGEST, empty="suspend, credit, approve")),
        entry("about", mark, "To whom or what", typed(old["about"], longest=LONGEST, empty="100234")),
        entry("words", mark, "With these words", typed(old["words"], longest=LONGEST)),
        entry("days", mark, "Since", chosen(DAYS, old["days"] or "7"), needed=True),
        entry("looked", mark, "Also", ticked("What was only looked up", on=old["looked"] == "yes")),
    ]
    return Page(title="Audit", blocks=blocks, submit="Search", sends="audit-sent")


async def audit_sent(visit: Visit) -> Page:
    """Show what was found for the form that was sent."""
    asked = {name: visit.text(name)[:LONGEST] for name in FIELDS if name != "looked"}
    asked["looked"] = "yes" if visit.many("looked") == ("yes",) else ""
    page = await audit_found(visit.at(**{name: value for name, value in asked.items() if value}))
    return Page(title=page.title, blocks=page.blocks, state={**page.state, "screen": "audit-found"})


async def audit_found(visit: Visit) -> Page:
    """Show one page of what was found."""
    asked: Asked = {name: str(visit.state[name]) for name in FIELDS if visit.state.get(name)}
    found = await find_lines(visit, asked, MOST)
    page = min(visit.number, max(0, -(-len(found) // EACH) - 1))
    shown = found[page * EACH : (page + 1) * EACH]
    links = await find_links(visit, shown)
    blocks: list[Block] = [*row(to("audit", "Change the search"), to(EXPORT, "As a file") if found else None)]
    blocks += [line(_said(visit, one, links.get(one.thread, ""))) for one in shown]
    if not found:
        blocks.append(line(NOTHING))
    blocks += paging("audit-found", page, len(found), EACH)
    if len(found) == MOST:
        blocks += small(f"These are the newest {MOST}; the file has up to {MOST_FILE:,}.")
    return Page(title="Audit", blocks=blocks, state={**asked, "page": page})


def arguments(visit: Visit, asked: Asked) -> dict[str, Any]:
    """Return a search as the action takes it."""
    found: dict[str, Any] = {name: asked[name] for name in ("by", "did", "about", "words") if name in asked}
    days = int(asked["days"]) if asked.get("days", "").isdecimal() else 0
    if days:
        now = visit.office.now().astimezone(visit.question.tenant.zone)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        found["since"] = (midnight - timedelta(days=days)).isoformat()
    return {**found, "looked": True} if asked.get("looked") == "yes" else found


def _said(visit: Visit, one: AuditLine, link: str) -> str:
    at = f"{one.at.astimezone(visit.question.tenant.zone):%d %b %Y %H:%M}"
    things = f" · {esc(', '.join(one.things))}" if one.things else ""
    what = esc((one.action_id or one.event).replace("_", " "))
    words = " ".join(one.text.replace("**", "").split())
    text = f"\n{esc(words[:300])}{'…' if len(words) > 300 else ''}" if words else ""  # noqa: PLR2004 - a few lines
    where = f" · <{esc(link)}|where>" if link else ""
    return f"*{esc(one.by)}* · {at}{where}\n{what}: {esc(one.event)}{things}{text}"


async def find_links(visit: Visit, lines: Sequence[AuditLine]) -> dict[str, str]:
    """Return thread -> its address at Slack, of those that are in this workspace."""
    read: dict[str, tuple[str, ...]] = {
        one.thread: match.groups() for one in lines if (match := THREAD.fullmatch(one.thread))
    }
    mine = {thread: parts for thread, parts in read.items() if parts[0] == visit.team.team_id}
    found = await asyncio.gather(*(_link(visit, one[1], one[2]) for one in mine.values()))
    return {thread: link for thread, link in zip(mine, found, strict=True) if link}


async def _link(visit: Visit, channel: str, ts: str) -> str:
    client = visit.calls.client(visit.team.token)
    try:
        told = await made(
            "chat.getPermalink", lambda: client.chat_getPermalink(channel=channel, message_ts=ts)
        )
    except CallError:  # a channel the bot has left, a message that was deleted: the line does without
        return ""
    return str(told.get("permalink") or "")


async def find_lines(visit: Visit, asked: Asked, most: int) -> list[AuditLine]:
    """Return the newest lines that fit; what was only looked up only where that is asked for."""
    given, lines = arguments(visit, asked), dict[int, AuditLine]()
    there = {} if asked.get("looked") else await visit.office.actions(visit.question)
    for _ in range(MOST_FILE // ROUND):
        found: Sequence[AuditLine] = (await visit.read("admin_audit_search", **given, limit=ROUND)).data or ()
        lines |= {one.seq: one for one in found if not _only_looked(one, there)}
        if len(found) < ROUND or len(lines) >= most:
            break
        given = {**given, "until": found[-1].at.isoformat()}
    return list(lines.values())[:most]


def _only_looked(one: AuditLine, there: Mapping[str, bool]) -> bool:
    """Say whether a line tells that something was looked up; `there` is empty where that is wanted."""
    return bool(there) and (one.event == HOME or (one.event == "ran" and not there.get(one.action_id, True)))


async def bring_file(visit: Visit) -> Reply:
    """Return all that a search finds, as a file."""
    asked: Asked = {name: str(visit.state[name]) for name in FIELDS if visit.state.get(name)}
    rows = await find_lines(visit, asked, MOST_FILE)
    file = File(name="audit.csv", media_type="text/csv", text=as_csv(visit, rows), about=_about(len(rows)))
    return Reply(f"{file.said}.", file=file, private=True)


def _about(count: int) -> str:
    return (
        "The only line" if count == 1 else f"All {count:,} lines" if count < MOST_FILE else "The newest lines"
    )


def as_csv(visit: Visit, lines: Sequence[AuditLine]) -> str:
    """Return lines as CSV."""
    zone = visit.question.tenant.zone
    heads = ("number", "when", "who", "action", "event", "whom", "words")
    return to_csv(
        heads,
        (
            (
                one.seq,
                one.at.astimezone(zone).isoformat(timespec="seconds"),
                one.by,
                one.action_id,
                one.event,
                " ".join(one.things),
                one.text,
            )
            for one in lines
        ),
    )


SCREENS: Mapping[str, Screen] = {"audit": audit, "audit-sent": audit_sent, "audit-found": audit_found}
