"""For everybody: who am I, what may I do, what waits for my yes, and the glass to break."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from bot.api import (
    Approval,
    BadInput,
    Change,
    Column,
    Field,
    Money,
    Preview,
    Reply,
    Right,
    Table,
    action,
    platform,
    plural,
)
from plugins.admin.may import alone
from plugins.admin.nouns import GLASS, SELF, Ctx, core, role_named, source

OWN = "Somebody else has to agree. To withdraw one of yours, say `deny {}`."
LONGEST = timedelta(hours=12)
EmergencyReason = Annotated[str, Field(min_length=10, max_length=500)]


@action(permission=SELF, reads_only=True, examples=["who am I", "whoami"])
async def whoami(ctx: Ctx) -> Reply:
    """Say who you are here, and which roles you hold."""
    held = await core(ctx).grants(person_id=ctx.user.id)
    rows = [(one.role, one.area, one.expires_at, one.reason) for one in held]
    table = Table(columns=(Column("Role"), Column("Where"), Column("Until"), Column("Reason")), rows=rows)
    roles = ", ".join(sorted(ctx.user.roles)) or "no role"
    return Reply(
        f"You are **{ctx.user.name}** at {ctx.tenant.name}: {roles}.",
        data=tuple(held),
        facts={"E-mail": ctx.user.email or "none", "Permissions": len(ctx.user.rights)},
        table=table if rows else None,
        evidence=source(ctx),
        private=True,
    )


@action(
    permission=SELF,
    reads_only=True,
    examples=[
        "what may I do",
        "my rights",
        "my permissions",
        "what am I allowed to do",
    ],
)
async def rights(ctx: Ctx) -> Reply:
    """List what you may do, where, and within which limits."""
    meanings = {
        name: meaning
        for card in await core(ctx).plugins()
        if card.on
        for name, meaning in card.permissions.items()
    }
    rows = [
        (meanings[name], where(right), limits(ctx, right), name)
        for name, right in sorted(ctx.user.rights.items())
        if name in meanings
    ]
    columns = (Column("You may"), Column("Where"), Column("Limits"), Column("Permission"))
    return Reply(
        f"You hold {len(rows)} permissions of the plugins that are on here.",
        table=Table(columns=columns, rows=rows),
        evidence=source(ctx),
        private=True,
    )


def where(right: Right) -> str:
    """Return a right's reach in words."""
    if right.scope.everywhere:
        return "everywhere"
    areas = []
    for area in right.scope.areas:
        dimensions = (("region", area.region), ("site", area.site), ("partner", area.partner))
        areas.append("; ".join(f"{name} {', '.join(sorted(names))}" for name, names in dimensions if names))
    return " or ".join(sorted(areas)) or "nowhere"


def limits(ctx: Ctx, right: Right) -> str:
    """Return a right's limits in words."""
    parts = []
    if right.max_amount is not None:
        parts.append(f"up to {Money(right.max_amount, ctx.tenant.currency)}")
    if right.max_count is not None:
        parts.append(f"up to {right.max_count} customers at once")
    return ", ".join(parts)


@action(
    permission=SELF,
    reads_only=True,
    examples=[
        "what waits for my approval",
        "pending approvals",
        "do I have to approve anything",
    ],
)
async def waiting(ctx: Ctx) -> Reply:
    """List the calls that wait for your yes, or for somebody else's on your behalf."""
    calls = await core(ctx).waiting(ctx.user, ctx.place)
    rows = [(one.call_id[:8], one.summary, one.asked_by, one.needs, one.expires_at) for one in calls]
    agree = next((one.call_id[:8] for one in calls if one.may_agree), "")
    columns = (Column("Id"), Column("What"), Column("Asked by"), Column("Needs"), Column("Until"))
    return Reply(
        told(rows[0][0], agree, len(rows)) if rows else "Nothing waits for you.",
        data=tuple(calls),
        table=Table(columns=columns, rows=rows) if rows else None,
        evidence=source(ctx),
        private=True,
    )


def told(own: str, agree: str, count: int) -> str:
    """Say how many wait, and how to decide on the first one that is theirs to decide."""
    how = f"Say `approve {agree}` or `deny {agree} because …`." if agree else OWN.format(own)
    return f"{plural(count, 'request')} {'waits' if count == 1 else 'wait'}. {how}"


async def preview_break_glass(
    ctx: Ctx, role: str, reason: EmergencyReason, lasts: timedelta = timedelta(hours=2)
) -> Preview:
    """Say what the person would hold, and until when."""
    check_length(lasts)
    cards = {card.name: card for card in await core(ctx).roles()}
    card = cards.get(role_named(role, cards))
    if card is None:
        raise BadInput(f"There is no role “{role[:60]}”. There are: {', '.join(cards)}.")
    until = ctx.local(ctx.now + lasts)
    return Preview(
        text=f"Give {ctx.user.name} the role {card.name} until {until:%H:%M on %d %b}. Reason: {reason}",
        changes=(Change(what="Role", before=", ".join(sorted(ctx.user.roles)), after=f"+ {card.name}"),),
        hits=0,
        warnings=(
            f"It comes with {len(card.permissions)} permissions, everywhere.",
            *await alone(ctx, GLASS, "Whoever runs this bot can give it with `backhaul users`."),
        ),
    )


def check_length(lasts: timedelta) -> None:
    """Raise BadInput unless emergency access ends soon."""
    if not timedelta(minutes=5) <= lasts <= LONGEST:
        raise BadInput("Emergency access lasts from 5 minutes to 12 hours, e.g. `lasts=2h`.")


@action(
    permission=GLASS,
    approval=Approval.OTHER,
    preview=preview_break_glass,
    examples=[
        "break glass {role}: {reason}",
        "I need emergency access as {role} because {reason}",
        "I need {role} for an emergency: {reason}",
    ],
)
async def break_glass(
    ctx: Ctx, role: str, reason: EmergencyReason, lasts: timedelta = timedelta(hours=2)
) -> Reply:
    """Take a role in an emergency, for some hours.

    Somebody else has to agree, it ends by itself, and everybody can read it in the audit later.
    """
    check_length(lasts)
    name = role_named(role, [card.name for card in await core(ctx).roles()])
    wish = platform.GrantWish(
        person_id=ctx.user.id, role=name, reason=reason, expires_at=ctx.now + lasts, break_glass=True
    )
    made = await core(ctx).grant(ctx.effect, ctx.user, wish)
    until = ctx.local(ctx.now + lasts)
    return Reply(
        f"{ctx.user.name} holds {name} until {until:%H:%M on %d %b}. It ends by itself; it is in the audit.",
        data=made,
        evidence=source(ctx),
    )


ACTIONS = (whoami, rights, waiting, break_glass)
