"""Somebody the provider knows and this tenant does not: told whom to ask, and let in by a link code."""

from __future__ import annotations

import hmac
import json
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.contract.people import Tenant
from bot.core import sso, web_links, web_sessions
from bot.core.links import redeem_code
from bot.core.sso import Claims
from bot.core.sso_trusted import mark
from bot.core.web_sessions import SignedIn
from bot.db.cipher import SealBrokenError
from bot.db.sso import Provider
from bot.errors import BadInput, NotAllowed
from bot.web.browsers import browser_name
from bot.web.show import page
from bot.web.visit import (
    NOT_YOURS,
    House,
    check_same_site,
    cookie_name,
    csrf_of,
    drop_cookie,
    find_tenant,
    read_form,
    set_cookie,
)

LASTS = timedelta(minutes=15)
WHAT = "stranger"
STALE = "It is too long ago that you signed in, so the code was not used. Sign in again, then type it."


def turn_away(house: House, tenant: Tenant, provider: Provider, claims: Claims, text: str) -> Response:
    """Say whom to ask, and remember for a while which account it was: a code makes it known."""
    roles = sso.roles_of(provider, claims)
    until = (house.clock() + LASTS).timestamp()
    kept = {"trusted": mark(provider), "account": claims.account, "roles": sorted(roles), "until": until}
    sealed = house.cipher.seal(json.dumps(kept), row=_row(tenant))
    answer = page("stranger", status=403, tenant=tenant, text=text, csrf=csrf_of(sealed))
    set_cookie(house, tenant, answer, sealed, seconds=int(LASTS.total_seconds()), what=WHAT)
    return answer


async def link_by_code(house: House, request: Request) -> Response:
    """Link the account that just signed in with a one-time code, and let its person in."""
    tenant = await find_tenant(house, request)
    provider = await sso.get_provider(house.database, tenant)
    sealed = request.cookies.get(cookie_name(house, tenant, WHAT), "")
    try:
        kept = json.loads(house.cipher.open(sealed, row=_row(tenant)))
    except (SealBrokenError, ValueError):
        raise BadInput(STALE) from None
    if kept["until"] < house.clock().timestamp() or kept["trusted"] != mark(provider):
        raise BadInput(STALE)
    sent = await read_form(request)
    check_same_site(request)
    if not hmac.compare_digest(sent.get("csrf", "").encode(), csrf_of(sealed).encode()):
        raise NotAllowed(NOT_YOURS)
    code, now = sent.get("code", ""), house.clock()
    try:
        user_id = await redeem_code(house.database, tenant, sso.SURFACE, kept["account"], code, now=now)
    except (BadInput, NotAllowed) as error:
        status = 403 if isinstance(error, NotAllowed) else 400
        return page("stranger", status=status, tenant=tenant, text=str(error), csrf=csrf_of(sealed))
    signed_in = SignedIn(
        user=await house.around(tenant).user(user_id, fresh=True),
        account=kept["account"],
        trusted=kept["trusted"],
        roles=frozenset(kept["roles"]),
        agent=browser_name(request.headers.get("user-agent", "")),
    )
    token = await web_sessions.begin(house.database, tenant, signed_in, now=now)
    answer = RedirectResponse(web_links.home(tenant), status_code=303)
    set_cookie(house, tenant, answer, token, seconds=int(web_sessions.LONGEST.total_seconds()))
    drop_cookie(house, tenant, answer, WHAT)
    return answer


def _row(tenant: Tenant) -> str:
    """Name what a sealed account is bound to: it opens in no other tenant, and as nothing else."""
    return f"{tenant.id}|cookie|{WHAT}"
