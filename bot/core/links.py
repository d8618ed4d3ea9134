"""Linking a chat account to a platform user: by a one-time code, or by an admin's word."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta

from bot.contract.people import Tenant
from bot.core.journal import note
from bot.db import links, users
from bot.db.database import Database
from bot.db.session import Session
from bot.errors import BadInput, NotAllowed, NotFound

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""No letter or digit that looks or sounds like another."""
LENGTH = 10
LIVES = timedelta(minutes=15)
TRIES = 5
"""Wrong codes per chat account in the time a code lives; a code has 49 bits."""
TRIES_OF_ALL = 50
"""Wrong codes per tenant in that time, so that many accounts together guess no faster."""
SURFACES = ("slack", "web", "terminal")


def new_code() -> str:
    """Return a code to hand to a person, e.g. `K7QXM-2PRWD`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{letters[:5]}-{letters[5:]}"


CODE = re.compile(
    r"\s*/?link\s+([a-z0-9]{5}[\s-]?[a-z0-9]{5}|(?=[a-z-]*\d)[a-z0-9]{3,7}-[a-z0-9]{3,7})[\s.!]*",
    re.IGNORECASE,
)
"""A code, or what is near enough to one that its sender should hear that it is wrong."""


def code_in(words: str) -> str | None:
    """Return the code of a message that is nothing but `link CODE`."""
    found = CODE.fullmatch(words)
    return found[1] if found else None


def plain(code: str) -> str:
    """Return what was typed without spaces, dashes and case."""
    return "".join(c for c in code.upper() if c.isalnum())


def hash_code(tenant: Tenant, code: str) -> bytes:
    """Return what is kept of a code: slow to guess, and worth nothing in another tenant."""
    return hashlib.scrypt(plain(code).encode(), salt=tenant.id.encode(), n=2**13, r=8, p=1, dklen=32)


async def issue_code(
    database: Database, tenant: Tenant, user_id: str, *, by: str, now: datetime | None = None
) -> tuple[str, datetime]:
    """Return a new code for a person and until when it works; their older codes stop working."""
    code, now = new_code(), now or datetime.now(UTC)
    hashed = await asyncio.to_thread(hash_code, tenant, code)
    async with database.tenant(tenant.id) as session:
        person = await users.get_person(session, user_id)
        if person is None or not person.active:
            raise NotFound("There is no active user with this id here.")
        await links.do_issue_code(
            session, user_id=user_id, code_hash=hashed, by=by, now=now, until=now + LIVES
        )
        text = f"issued a link code for {person.name}"
        await note(session, event="link.code_issued", by=by, text=text, facts={"user": user_id}, at=now)
    return code, now + LIVES


async def redeem_code(
    database: Database,
    tenant: Tenant,
    surface: str,
    external_id: str,
    code: str,
    *,
    now: datetime | None = None,
) -> str:
    """Link a chat account with a code and return the user's id; wrong codes are counted."""
    now = now or datetime.now(UTC)
    hashed = await asyncio.to_thread(hash_code, tenant, code[:100])
    async with database.tenant(tenant.id) as session:
        mine, everyone = await links.do_count_attempt(session, surface, external_id, now, now - LIVES)
    if mine > TRIES or everyone > TRIES_OF_ALL:
        raise NotAllowed("Too many wrong codes. Wait 15 minutes, then ask an admin for a new one.")
    async with database.tenant(tenant.id) as session:
        user_id = await links.take_code(session, hashed, now)
        person = await users.get_person(session, user_id) if user_id else None
        if user_id is not None and person is not None and person.active:
            await do_link(session, surface, external_id, user_id, how="code", by=user_id)
            await links.do_clear_attempts(session, surface, external_id)
            return user_id
    raise BadInput(
        "This code is wrong, used or older than 15 minutes. Check it, or ask an admin for a new one: "
        "`admin link_code` followed by your name."
    )


async def link(
    database: Database, tenant: Tenant, surface: str, external_id: str, user_id: str, *, by: str
) -> None:
    """Link a chat account to a person because an admin says so."""
    if surface not in SURFACES:
        raise BadInput(f"“{surface[:40]}” is no surface; there are {', '.join(SURFACES)}.")
    async with database.tenant(tenant.id) as session:
        person = await users.get_person(session, user_id)
        if person is None or not person.active:
            raise NotFound("There is no active user with this id here.")
        await do_link(session, surface, external_id, user_id, how="grant", by=by)


async def unlink(database: Database, tenant: Tenant, surface: str, external_id: str, *, by: str) -> None:
    """Forget a chat account."""
    async with database.tenant(tenant.id) as session:
        if not await links.do_unlink(session, surface, external_id):
            raise NotFound(f"The {surface} account {external_id} is not linked to anyone here.")
        text = f"unlinked the {surface} account {external_id}"
        await note(session, event="link.removed", by=by, text=text)


async def cut(
    database: Database, tenant_id: str, surface: str, external_id: str, *, gone: bool, at: datetime
) -> bool:
    """Cut a chat account off at once, in every process: it was deactivated or made a guest. Or let it in.

    The link stays, so that an account that comes back is the same person's. Safe to be told twice and late.
    """
    async with database.tenant(tenant_id) as session:
        changed = await links.do_cut(session, surface, external_id, cut=gone, at=at)
        if changed:
            told = "was deactivated or made a guest, so it is cut off" if gone else "is a member again"
            line = {"surface": surface, "account": external_id}
            text = f"the {surface} account {external_id} {told}"
            event = "link.cut" if gone else "link.restored"
            await note(session, event=event, by=surface, text=text, facts=line)
    return changed


async def do_link(
    session: Session, surface: str, external_id: str, user_id: str, *, how: str, by: str
) -> None:
    """Link and write it down."""
    await links.do_link(session, surface=surface, external_id=external_id, user_id=user_id, how=how, by=by)
    line = {"surface": surface, "account": external_id, "user": user_id, "how": how}
    text = f"linked the {surface} account {external_id} by {how}"
    await note(session, event="link.made", by=by, text=text, facts=line)
