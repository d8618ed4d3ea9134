"""Signing in: out to the identity provider, back with its answer, and a session for whoever it is."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import asdict
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.contract.people import Tenant
from bot.core import sso, web_links, web_sessions
from bot.core.journal import note
from bot.core.sso import Claims
from bot.core.sso_trusted import mark
from bot.core.web_sessions import SignedIn
from bot.db.cipher import SealBrokenError
from bot.db.rates import Rate, check_rate
from bot.db.sso import Provider, take_state
from bot.errors import BadInput, NotAllowed, NotFound, NotLinked
from bot.web.browsers import browser_name
from bot.web.discovery import Directory
from bot.web.oidc import Attempt, check_issuer, new_attempt, redeem, where_to
from bot.web.show import page
from bot.web.stranger import turn_away
from bot.web.visit import House, cookie_name, drop_cookie, find_tenant, get_visit, origin, set_cookie

LASTS = timedelta(minutes=10)
"""How long somebody may take at the identity provider."""
MINE = Rate(times=30, within=timedelta(minutes=5))
EVERYONE = Rate(times=600, within=timedelta(minutes=5))
TRIES = "tries to sign in"
STALE = (
    "This sign-in was begun in another browser, too long ago, or was used already, so it does not count. "
    "Begin again."
)
DECLINED = "You did not sign in at your identity provider (it says: {why}). Nothing was done; begin again."
KNOWN = re.compile(r"[a-z_]{1,40}")
LONGEST_CODE = 4_000
log = structlog.get_logger(__name__)


class Door:
    """The routes by which people come in. Keeps what identity providers say of themselves."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.directory = Directory()

    async def front(self, request: Request) -> Response:
        """Show how to sign in here."""
        tenant = await find_tenant(self.house, request)
        provider = await sso.get_provider(self.house.database, tenant)
        wanted = safe_next(tenant, request.query_params.get("next", ""))
        if await get_visit(self.house, request, tenant) is not None:
            return RedirectResponse(wanted, status_code=303)
        origin(self.house, request)
        start = f"{web_links.sign_in(tenant)}/start?{urlencode({'next': wanted})}"
        return page("sign_in", tenant=tenant, host=urlsplit(provider.issuer).hostname, start=start)

    async def start(self, request: Request) -> Response:
        """Send the person to the identity provider."""
        house, tenant = self.house, await find_tenant(self.house, request)
        provider = await sso.get_provider(house.database, tenant)
        await self._check_rates(tenant, request)
        back = origin(house, request) + web_links.redirect(tenant)
        metadata = await self.directory.metadata(provider.issuer)
        attempt = new_attempt(provider, back)
        answer = RedirectResponse(where_to(provider, metadata, attempt), status_code=303)
        kept = {
            **asdict(attempt),
            "next": safe_next(tenant, request.query_params.get("next", "")),
            "until": (house.clock() + LASTS).timestamp(),
        }
        sealed = house.cipher.seal(json.dumps(kept), row=_row(tenant))
        seconds = int(LASTS.total_seconds())
        set_cookie(house, tenant, answer, sealed, seconds=seconds, what="sign-in")
        return answer

    async def done(self, request: Request) -> Response:
        """Take the identity provider's answer."""
        tenant = await find_tenant(self.house, request)
        provider = await sso.get_provider(self.house.database, tenant)
        await self._check_rates(tenant, request)
        attempt, wanted = self._kept(tenant, provider, request)
        claims = await self._claims(tenant, provider, attempt, request)
        house = self.house
        try:
            user = await sso.sign_in(house.database, house.registry, tenant, provider, claims)
        except NotLinked as error:
            await self._note_refused(tenant, claims, error)
            return turn_away(house, tenant, provider, claims, str(error))
        except NotAllowed as error:
            await self._note_refused(tenant, claims, error)
            raise
        signed_in = SignedIn(
            user=user,
            account=claims.account,
            trusted=mark(provider),
            roles=sso.roles_of(provider, claims),
            agent=browser_name(request.headers.get("user-agent", "")),
        )
        earlier = request.cookies.get(cookie_name(house, tenant), "")
        token = await web_sessions.begin(
            house.database, tenant, signed_in, now=house.clock(), instead_of=earlier
        )
        answer = RedirectResponse(wanted, status_code=303)
        seconds = int(web_sessions.LONGEST.total_seconds())
        set_cookie(house, tenant, answer, token, seconds=seconds)
        drop_cookie(house, tenant, answer, "sign-in")
        return answer

    def _kept(self, tenant: Tenant, provider: Provider, request: Request) -> tuple[Attempt, str]:
        """Return what this browser began, if the answer is to that."""
        house = self.house
        sealed = request.cookies.get(cookie_name(house, tenant, "sign-in"), "")
        try:
            kept = json.loads(house.cipher.open(sealed, row=_row(tenant)))
        except (SealBrokenError, ValueError):
            raise BadInput(STALE) from None
        wanted, until = str(kept.pop("next")), float(kept.pop("until"))
        attempt = Attempt(**kept)
        same = hmac.compare_digest(attempt.state.encode(), request.query_params.get("state", "").encode())
        if not same or until < house.clock().timestamp():
            raise BadInput(STALE)
        if (attempt.issuer, attempt.client_id) != (provider.issuer, provider.client_id):
            raise BadInput(STALE)
        if attempt.redirect_uri != origin(house, request) + web_links.redirect(tenant):
            raise BadInput(STALE)
        return attempt, safe_next(tenant, wanted)

    async def _claims(self, tenant: Tenant, provider: Provider, attempt: Attempt, request: Request) -> Claims:
        """Return who the identity provider says it is; its answer counts once."""
        house, given = self.house, request.query_params
        check_issuer(await self.directory.metadata(provider.issuer), attempt, given.get("iss", ""))
        hashed = hashlib.sha256(attempt.state.encode()).digest()
        async with house.database.tenant(tenant.id) as session:
            if not await take_state(session, hashed, house.clock()):
                raise BadInput(STALE)
        if "error" in given:
            why = given["error"] if KNOWN.fullmatch(given["error"]) else "no"
            raise NotAllowed(DECLINED.format(why=why.replace("_", " ")))
        code = given.get("code", "")
        if not code or len(code) > LONGEST_CODE:
            raise BadInput(STALE)
        secret = sso.open_secret(house.cipher, tenant, provider)
        return await redeem(self.directory, provider, attempt, code=code, secret=secret, now=house.clock())

    async def _check_rates(self, tenant: Tenant, request: Request) -> None:
        database, who = self.house.database, request.client.host if request.client else ""
        await check_rate(database, tenant.id, f"sign-in:{who}", MINE, what=TRIES)
        await check_rate(database, tenant.id, "sign-in", EVERYONE, what=TRIES)

    async def _note_refused(self, tenant: Tenant, claims: Claims, error: Exception) -> None:
        async with self.house.database.tenant(tenant.id) as session:
            await note(
                session,
                event="web.refused",
                by="web",
                text=f"refused a sign-in: {type(error).__name__}",
                facts={"account": claims.account, "email": claims.email, "verified": claims.email_verified},
            )


def safe_next(tenant: Tenant, wanted: str) -> str:
    """Return a path of this tenant's pages: what was wanted if it is one, else the first page."""
    fits = re.fullmatch(rf"/t/{re.escape(tenant.slug)}/(waiting|you|calls/[0-9a-f-]{{36}})", wanted)
    return wanted if fits else web_links.home(tenant)


def _row(tenant: Tenant) -> str:
    """Name what a sealed attempt is bound to: it opens in no other tenant."""
    return f"{tenant.id}|cookie|sign-in"


async def sign_out(house: House, request: Request) -> Response:
    """End this browser's session."""
    tenant = await find_tenant(house, request)
    await sso.get_provider(house.database, tenant)
    answer = page("signed_out", tenant=tenant)
    visit = await get_visit(house, request, tenant)
    if visit is not None:
        await visit.form()
        try:
            await web_sessions.end(house.database, tenant, visit.session.id, visit.user.id)
        except NotFound:
            log.info("web.session_gone")
    drop_cookie(house, tenant, answer)
    return answer
