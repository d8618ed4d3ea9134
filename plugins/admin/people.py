"""People: find, add, link to their chat accounts, deactivate."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
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
    platform,
)
from plugins.admin.nouns import PEOPLE, PEOPLE_READ, Ctx, PersonRef, Word, core, role_named, source

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
Address = Annotated[str, Field(min_length=1, max_length=200)]
Name = Annotated[str, Field(max_length=100)]
SHOWN = 50
MOST = 5_000
"""People of one workspace that are looked through for a role, and counted."""
Surface = Literal["slack", "web", "terminal"]


async def find_person(ctx: Ctx, text: str, limit: int) -> list[Match]:
    """Find people by name or e-mail; a whole match is exact, and so is a name only one active person has."""
    found = await core(ctx).people(text, limit)
    wanted = text.strip().lower()
    called = [one for one in found if one.active and wanted in _names(one)]
    matches = []
    for one in found:
        exact = wanted in {one.name.lower(), one.email.lower(), one.id} or called == [one]
        matches.append(
            Match(
                key=one.key,
                label=one.name,
                record=one,
                detail=one.email if one.active else f"{one.email} (deactivated)",
                exact=exact,
                score=1.0 if exact else 0.6,
            )
        )
    return matches


def _names(one: platform.Member) -> set[str]:
    """Return what colleagues call somebody: each part of the name, and the address before the @."""
    return {*one.name.lower().split(), one.email.lower().partition("@")[0]}


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
    found = await _meant(ctx, words)
    total = len(found) if words or len(found) < SHOWN else len(await core(ctx).people("", MOST))
    rows = [(one.name, one.email, ", ".join(one.roles), one.active) for one in found]
    columns = (Column("Name"), Column("E-mail"), Column("Roles"), Column("Active"))
    if not rows:
        none = f"Nobody here is called “{words[:60]}”, and no role is. `admin users` lists everybody."
        raise NotFound(none if words else "There is nobody here yet.")
    return Reply(
        _said(found, total),
        data=tuple(found),
        table=Table(columns=columns, rows=rows, total=total),
        evidence=source(ctx),
    )


async def _meant(ctx: Ctx, words: str) -> list[platform.Member]:
    """Return the people of a name, else those who hold a role of that name."""
    found = list(await core(ctx).people(words))
    if found or not words:
        return found
    wanted = role_named(words, [card.name for card in await core(ctx).roles()])
    return [one for one in await core(ctx).people("", MOST) if wanted in one.roles and one.active]


def _said(found: list[platform.Member], total: int) -> str:
    """Return who it is in a sentence, where it is one."""
    if len(found) != 1:
        return f"{total} people." if total == len(found) else f"The first {len(found)} of {total} people."
    one = found[0]
    what = f"holds {', '.join(one.roles)}" if one.roles else "holds no role"
    return f"{one.name} ({one.email or 'no e-mail'}) {what if one.active else 'is deactivated'}."


async def preview_add(ctx: Ctx, email: Address, full_name: Name = "", role: Name = "") -> Preview:
    """Say who is added, and what they may do then."""
    email, named, wanted = await _newcomer(ctx, email, full_name, role)
    then = (
        f"They may do nothing at first; then I offer to give them the role {wanted}."
        if wanted
        else "They may do nothing until a role is given to them."
    )
    return Preview(
        text=f"Add {named} ({email}). {then}",
        changes=(Change(what="Person", after=f"{named}, {email}"),),
        hits=0,
    )


def name_of(email: str) -> str:
    """Return the name an address speaks of: `kim.otieno@…` is Kim Otieno."""
    parts = re.split(r"[._\-+]+", email.partition("@")[0])
    return " ".join(part.capitalize() for part in parts if part) or email


async def _newcomer(ctx: Ctx, email: str, full_name: str, role: str) -> tuple[str, str, str]:
    """Return address, name and role of somebody new, also where name and address changed places."""
    if not ADDRESS.fullmatch(email.strip()) and ADDRESS.fullmatch(full_name.strip()):
        email, full_name = full_name, email
        names = [card.name for card in await core(ctx).roles()]
        if not role and role_named(full_name, names) in names:  # "add kim@example.org support"
            full_name, role = "", full_name
    if not ADDRESS.fullmatch(email.strip()):
        raise BadInput(
            f"“{email.strip()[:60]}” is no e-mail address. Say it like `add user kim@example.org`."
        )
    named = full_name.strip() or name_of(email.strip())
    named = " ".join(w.capitalize() for w in named.split()) if named.islower() else named
    return email.strip(), named, await _role(ctx, role)


async def _role(ctx: Ctx, words: str) -> str:
    """Return the role to offer; BadInput for one that is not there."""
    if not words.strip():
        return ""
    names = [card.name for card in await core(ctx).roles()]
    wanted = role_named(words, names)
    if wanted not in names:
        raise BadInput(f"There is no role “{words[:60]}”. There are: {', '.join(names)}.")
    return wanted


@action(
    permission=PEOPLE,
    approval=Approval.SELF,
    preview=preview_add,
    examples=[
        "add user {full_name} {email}",
        "add user {email} as {role}",
        "create an account for {full_name}, {email}",
        "{full_name} joins us, add {email}",
    ],
)
async def add_user(ctx: Ctx, email: Address, full_name: Name = "", role: Name = "") -> Reply:
    """Add a person; they may do nothing until a role is given to them.

    Without a name it is taken from the address. With a role, giving it is offered right after.
    """
    email, named, wanted = await _newcomer(ctx, email, full_name, role)
    made = await core(ctx).add_person(ctx.effect, ctx.user, named, email)
    offered = wanted or "support"
    return Reply(
        f"Added {made.name} ({made.email}). They may do nothing yet: give them a role.",
        data=made,
        buttons=(Button(f"Give the role {offered}", "admin_grant", {"person": made.key, "role": offered}),),
        evidence=source(ctx),
        focus={"person": made.key},
        undo=ActionCall(action_id="admin_deactivate", args={"person": made.key}),
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


ACTIONS = (users, add_user, activate, link_code, link, unlink)
