"""Web sessions: begun after a sign-in, ended by sign-out, deactivation, 8 idle hours or a day."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from bot.contract.people import Tenant, User
from bot.core.journal import note
from bot.core.sso_trusted import check_unchanged
from bot.db import web_sessions
from bot.db.database import Database
from bot.db.session import Session
from bot.db.web_sessions import WebSession
from bot.errors import NotFound

IDLE, LONGEST = timedelta(hours=8), timedelta(hours=24)
TOUCH = timedelta(minutes=1)
"""How stale the time a session was last seen may be."""
LONGEST_TOKEN = 200
SHOWN_AGENT = 120


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Who signed in, from which account, in which browser, with which roles of the provider's groups.

    `trusted` is the mark of the settings by which they came in.
    """

    user: User
    account: str
    trusted: str
    roles: frozenset[str] = frozenset()
    agent: str = ""


def hash_token(tenant: Tenant, token: str) -> bytes:
    """Return what is kept of a token of 256 random bits; worth nothing in another tenant."""
    return hashlib.sha256(f"{tenant.id}|{token}".encode()).digest()


async def begin(
    database: Database, tenant: Tenant, signed_in: SignedIn, *, now: datetime, instead_of: str = ""
) -> str:
    """Return the token of a new session; the browser's earlier one, `instead_of`, ends.

    Conflict when the settings changed since: that ended every session, and this one would outlive them.
    """
    token = secrets.token_urlsafe(32)
    new = WebSession(
        id=str(uuid4()),
        user_id=signed_in.user.id,
        account=signed_in.account,
        roles=signed_in.roles,
        agent=signed_in.agent[:SHOWN_AGENT],
        created_at=now,
        seen_at=now,
        expires_at=now + LONGEST,
    )
    async with database.tenant(tenant.id) as session:
        await check_unchanged(session, signed_in.trusted)
        old = await _find(session, tenant, instead_of, now)
        if old is not None:
            await web_sessions.do_end_session(session, old.id, old.user_id)
        await web_sessions.do_open_session(session, hash_token(tenant, token), new)
        facts = {"account": signed_in.account, "session": new.id, "roles": sorted(signed_in.roles)}
        text = "signed in to the web pages"
        await note(session, event="web.signed_in", by=new.user_id, text=text, facts=facts, at=now)
    return token


async def resume(database: Database, tenant: Tenant, token: str, *, now: datetime) -> WebSession | None:
    """Return the session of a token while it lives."""
    async with database.tenant(tenant.id) as session:
        found = await _find(session, tenant, token, now)
        if found is not None and now - found.seen_at >= TOUCH:
            await web_sessions.do_touch(session, found.id, now)
    return found


async def _find(session: Session, tenant: Tenant, token: str, now: datetime) -> WebSession | None:
    if not token or len(token) > LONGEST_TOKEN:
        return None
    return await web_sessions.get_session(session, hash_token(tenant, token), now=now, idle=now - IDLE)


async def find(
    database: Database, tenant: Tenant, *, now: datetime, user_id: str | None = None
) -> Sequence[WebSession]:
    """Return the living sessions of one person, or of everybody."""
    async with database.tenant(tenant.id) as session:
        return await web_sessions.find_sessions(session, now=now, idle=now - IDLE, user_id=user_id)


async def end(database: Database, tenant: Tenant, session_id: str, user_id: str) -> None:
    """End one session of this person: here, or in another browser."""
    async with database.tenant(tenant.id) as session:
        if not await web_sessions.do_end_session(session, session_id, user_id):
            raise NotFound("This session has ended already.")
        text, facts = "signed out of the web pages", {"session": session_id}
        await note(session, event="web.signed_out", by=user_id, text=text, facts=facts)


async def end_all(database: Database, tenant: Tenant, user_id: str, *, name: str, by: str) -> int:
    """End every session of one person; return how many."""
    async with database.tenant(tenant.id) as session:
        ended = await web_sessions.do_end_sessions(session, user_id)
        facts = {"user": user_id, "sessions_ended": ended}
        text = f"signed {name} out of the web pages"
        await note(session, event="web.signed_out", by=by, text=text, facts=facts)
    return ended
