"""People: find, add, link to their chat accounts, deactivate."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal

from bot.api import (
    ActionCall,
    Approval,
    Button,
    Change,
    Column,
    Entity,
    Field,
    Match,
    NotFound,
    Preview,
    Reply,
    Table,
    action,
)
from plugins.admin.nouns import PEOPLE, PEOPLE_READ, Ctx, PersonRef, Word, core, source

Email = Annotated[str, Field(max_length=200, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Surface = Literal["slack", "web", "terminal"]


async def find_person(ctx: Ctx, text: str, limit: int) -> list[Match]:
    """Find people by name or e-mail; a whole match is exact."""
    found = await core(ctx).people(text, limit)
    wanted = text.strip().lower()
    return [
        Match(
            key=one.key,
            label=one.name,
            record=one,
            detail=one.email if one.active else f"{one.email} (deactivated)",
            exact=wanted in {one.name.lower(), one.email.lower(), one.id},
            score=1.0 if wanted in {one.name.lower(), one.email.lower(), one.id} else 0.6,
        )
        for one in found
    ]


PERSON = Entity(
    name="person",
    title="Person",
    permission=PEOPLE_READ,
    find=find_person,
    patterns=(re.compile(r"\b[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}\b"),),
    scoped=False,
    words=("person", "user", "colleague", "people", "staff"),
)


@action(
    permission=PEOPLE_READ,
    reads_only=True,
    examples=[
        "list users",
        "who works here",
        "find user {words}",
        "staff list",
        "which colleagues have access",
    ],
)
async def users(ctx: Ctx, words: str = "") -> Reply:
    """List people of this workspace with their roles."""
    found = await core(ctx).people(words)
    rows = [(one.name, one.email, ", ".join(one.roles), one.active) for one in found]
    columns = (Column("Name"), Column("E-mail"), Column("Roles"), Column("Active"))
    if not rows:
        raise NotFound(f"Nobody here is called “{words}”." if words else "There is nobody here yet.")
    return Reply(
        f"{len(rows)} people.",
        data=tuple(found),
        table=Table(columns=columns, rows=rows),
        evidence=source(ctx),
    )


@action(
    permission=PEOPLE,
    approval=Approval.SELF,
    examples=[
        "add user {name} {email}",
        "create an account for {name}, {email}",
        "{name} joins us, add {email}",
    ],
)
async def add_user(ctx: Ctx, name: Word, email: Email) -> Reply:
    """Add a person; they may do nothing until a role is given to them."""
    made = await core(ctx).add_person(ctx.effect, ctx.user, name, email)
    return Reply(
        f"Added {made.name} ({made.email}). They may do nothing yet: give them a role.",
        data=made,
        buttons=(Button("Give the role support", "admin_grant", {"person": made.key, "role": "support"}),),
        evidence=source(ctx),
        focus={"person": made.key},
    )


async def preview_deactivate(_ctx: Ctx, person: PersonRef) -> Preview:
    """Say what the person loses."""
    roles = ", ".join(person.roles) or "no role"
    return Preview(
        text=f"{person.name} ({person.email or 'no e-mail'}) loses all access at once.",
        changes=(Change(what="Access", before=f"as {roles}", after="none"),),
        hits=0,
    )


@action(
    permission=PEOPLE,
    approval=Approval.SELF,
    preview=preview_deactivate,
    examples=[
        "deactivate {person}",
        "lock out {person}",
        "disable the account of {person}",
        "{person} left the company",
        "{person} does not work here any more",
        "remove the access of {person}",
    ],
)
async def deactivate(ctx: Ctx, person: PersonRef) -> Reply:
    """Take all access from a person at once; their history stays."""
    gone = await core(ctx).set_active(ctx.effect, ctx.user, person.id, active=False)
    return Reply(
        f"{gone.name} can no longer do anything here.",
        data=gone,
        evidence=source(ctx),
        undo=ActionCall(action_id="admin_activate", args={"person": gone.key}),
        undo_within=timedelta(hours=1),
    )


@action(
    permission=PEOPLE,
    approval=Approval.SELF,
    examples=[
        "activate {person}",
        "{person} is back",
        "let {person} in again",
        "reactivate {person}",
        "allow {person} back",
    ],
)
async def activate(ctx: Ctx, person: PersonRef) -> Reply:
    """Let a deactivated person in again, with the roles they still hold."""
    back = await core(ctx).set_active(ctx.effect, ctx.user, person.id, active=True)
    return Reply(f"{back.name} is active again.", data=back, evidence=source(ctx))


@action(
    permission=PEOPLE,
    examples=[
        "link code for {person}",
        "issue a link code to {person}",
        "{person} needs a code to link Slack",
    ],
)
async def link_code(ctx: Ctx, person: PersonRef) -> Reply:
    """Issue a one-time code with which a person links their chat account, good for 15 minutes."""
    code = await core(ctx).link_code(ctx.effect, ctx.user, person.id)
    until = ctx.local(code.expires_at)
    return Reply(
        f"Tell {person.name}, and nobody else, to send me `link` and the code before {until:%H:%M}. "
        "It works once.",
        facts={"Code": code.code},
        evidence=source(ctx),
        private=True,
    )


@action(
    permission=PEOPLE,
    approval=Approval.SELF,
    examples=["link {surface} account {account} to {person}"],
)
async def link(ctx: Ctx, surface: Surface, account: Word, person: PersonRef) -> Reply:
    """Link a chat account to a person on your word, e.g. slack T024F:U0A1B2."""
    await core(ctx).link(ctx.effect, ctx.user, surface, account, person.id)
    return Reply(f"The {surface} account {account} now speaks for {person.name}.", evidence=source(ctx))


@action(permission=PEOPLE, approval=Approval.SELF, examples=["unlink {surface} account {account}"])
async def unlink(ctx: Ctx, surface: Surface, account: Word) -> Reply:
    """Forget a chat account; whoever uses it can do nothing until it is linked again."""
    await core(ctx).unlink(ctx.effect, ctx.user, surface, account)
    return Reply(f"The {surface} account {account} is no longer linked.", evidence=source(ctx))


ACTIONS = (users, add_user, deactivate, activate, link_code, link, unlink)
