"""Whose queue a ticket is in: the teams of a workspace, and handing a ticket to one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.api import ActionCall, Change, Conflict, Entity, Match, Preview, Reply, action
from plugins.tickets.port import Team, TeamRef, Ticket, TicketChange, TicketRef, Tickets
from plugins.tickets.previews import named
from plugins.tickets.reply import Ctx, login, ticket_reply
from plugins.tickets.rules import UNDO, check_open, undoable

OURS = frozenset({"my", "our", "mine", "ours"})
NONE = frozenset({"", "none", "no", "nobody"})
BUILT_IN = "noc|support|billing|field"
LEADS = (
    "it",
    "this",
    "them",
    "that",
    "ticket",
    "case",
    "be",
    "is",
    *(r"-" + r"\d" * n for n in (3, 4, 5, 6)),
)
LINKS = ("to", "for", "to the", "for the", "with", "with the")
BEFORE = "|".join(f"(?<={lead} {link} )" for lead in LEADS for link in LINKS)
DIGIT = r"\d"
NO_TEAM = "".join(
    rf"(?<!\b{noun} {of} TCK-{DIGIT * n} to )"
    for noun in ("category", "type")
    for of in ("of", "on", "for")
    for n in (3, 4, 5, 6)
)
"""Behind these stands a category: "set the category of TCK-10100 to billing"."""
OF = "|".join(
    f"(?<={noun} {link} )"
    for noun in ("tickets", "queue", "jobs", "tickets waiting")
    for link in ("of", "for", "with", "of the", "for the", "with the")
)
LAST = "|".join(f"(?<={sign} {link} )" for sign in ",;" for link in ("for", "to", "for the", "to the"))
"""Behind the words of a new ticket: “no light, high, for the field team”."""
ENDS = r"(?=\s*(?:$|[,.;:?!]|team\b|desk\b|queue\b|people\b|please\b|because\b|since\b|in\b|that\b))"
DID = "|".join(
    f"(?<={noun}{verb} )"
    for noun in ("tickets", "cases", "complaints", "many", "what")
    for verb in (" did", " does", " has", " have", " did the", " has the", "")
)
DONE = "closed?|solved?|resolved?|finish(?:ed)?|miss(?:ed)?|have|has|got"
NAMED = (
    re.compile(rf"{NO_TEAM}(?:{BEFORE}|{OF})(?:{BUILT_IN})\b{ENDS}", re.IGNORECASE),
    re.compile(rf"\b(?:{BUILT_IN})\b(?=(?: team)?(?:'s)? (?:queue|desk)\b)", re.IGNORECASE),
    re.compile(
        rf"(?:(?<=everything )|(?<=what has )|(?<=what does ))(?:{BUILT_IN})\b(?= (?:has|have|got)\b)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?:{DID})(?:{BUILT_IN})\b(?=(?: team)? (?:{DONE})\b)",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:{LAST})(?:{BUILT_IN})\b(?:(?= team\b)|{ENDS})", re.IGNORECASE),
    re.compile(r"\b(?:my|our) team\b", re.IGNORECASE),
    re.compile(r"\b(?:noc|field|support)\b(?='s (?:open )?tickets\b|(?: team)? tickets\b)", re.IGNORECASE),
)
"""Teams called by words that mean something else too, where nothing but a team stands: billing tickets are
tickets about bills, and those of billing are the team's."""


async def find_teams(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find a team of this workspace by its name or how it begins; none is a way to say nobody's.

    “My team” is the one called as a role of whoever asks.
    """
    words = re.sub(r"^the\s+|(?:'s)?\s+(?:team|desk|queue|people)$|'s$", "", text.strip().casefold())
    if words in OURS:
        own = [name for name in ctx.settings.team_names if name in ctx.user.roles]
        return [
            Match(key=name, label=name, record=Team(name=name), exact=len(own) == 1, score=0.9)
            for name in own[:limit]
        ]
    if words in NONE:
        return [Match(key="none", label="no team", record=Team(name=""), exact=True)]
    fits = [name for name in ctx.settings.team_names if name.startswith(words)]
    return [
        Match(key=name, label=name, record=Team(name=name), exact=name == words, score=0.9)
        for name in sorted(fits, key=lambda name: name != words)[:limit]
    ]


TEAM = Entity(
    name="ticket_team",
    title="Team",
    permission="tickets:read",
    find=find_teams,
    patterns=NAMED,
    scoped=False,
)


def check_team(ticket: Ticket, team: Team) -> None:
    """Raise Conflict when nobody works on it any more, or it waits in this very queue with nobody."""
    check_open(ticket)
    if (ticket.team or "") == team.name and ticket.assignee is None:
        where = f"in the queue of {team.said}" if team.name else "in no team's queue"
        raise Conflict(f"{ticket.number} is {where} already, with nobody.")


async def preview_set_team(_ctx: Ctx, ticket: TicketRef, team: TeamRef) -> Preview:
    """Say from which queue to which, and from whom it is taken."""
    check_team(ticket, team)
    changes = [Change(what="Team", before=ticket.team or "none", after=team.name or "none")]
    if ticket.assignee:
        changes.append(Change(what="With", before=login(ticket.assignee), after="nobody"))
    shown = tuple(one for one in changes if one.before != one.after)
    return Preview(text=named(ticket), changes=shown, hits=1 if ticket.customer else 0)


@action(
    permission="tickets:write",
    preview=preview_set_team,
    examples=(
        "assign {ticket} to the {team} team",
        "assign {ticket} to {team}",
        "put {ticket} in the queue of {team}",
        "send {ticket} to {team}",
        "{ticket} is a job for {team}",
        "move {ticket} to the {team} queue",
    ),
)
async def set_team(ctx: Ctx, ticket: TicketRef, team: TeamRef) -> Reply:
    """Put a ticket in the queue of a team, where the first of them who is free takes it.

    Whoever had it gives it away with that. “none” takes it out of every team's queue.
    """
    check_team(ticket, team)
    change = TicketChange(team=team.name, assignee="")
    done = await ctx.port(Tickets).change(ctx.effect, ticket.number, change)
    where = f"waits in the queue of {team.said} now" if team.name else "is in no team's queue any more"
    reply = ticket_reply(ctx, done, said=f"{ticket.number} {where}.")
    return undoable(reply, _back(ticket), UNDO)


def _back(ticket: Ticket) -> ActionCall:
    """Return what puts it where it was: with its assignee, or in the queue it came from."""
    args = {"ticket": ticket.number, "team": ticket.team or "none"}
    if ticket.assignee:
        return ActionCall(action_id="tickets_assign", args={**args, "to": ticket.assignee})
    return ActionCall(action_id="tickets_set_team", args=args)
