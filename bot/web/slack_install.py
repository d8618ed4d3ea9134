"""The pages on which an admin connects a Slack workspace: what it will ask for, to Slack, and back."""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.contract.people import Tenant
from bot.db.cipher import SealBrokenError
from bot.db.rates import Rate, check_rate
from bot.errors import BadInput, NotFound
from bot.web.show import page
from bot.web.visit import House, cookie_name, drop_cookie, origin, set_cookie

LASTS = timedelta(minutes=10)
"""How long somebody may take at Slack; its codes last as long."""
TRIES = Rate(times=60, within=timedelta(minutes=5))
WHAT = "slack-install"
BACK = "/slack/oauth"
STATE = re.compile(r"([a-z0-9-]{1,63})\.[A-Za-z0-9_-]{20,60}")
MOST_KEY, MOST_CODE = 1_000, 1_000
NOT_HERE = "There is nothing at this address. An admin makes the link with `backhaul slack install-link`."
STALE = (
    "This was begun in another browser, too long ago, or has ended already, so nothing was connected. "
    "Open the link of `backhaul slack install-link` once more."
)
DECLINED = (
    "You did not agree at Slack, so nothing was connected. Open the link once more to change your mind."
)
FAILED = "Slack says “{why}”, so nothing was connected. Open the link once more."
WORD = re.compile(r"[a-z_]{1,40}")


class Shown(Protocol):
    """What was connected."""

    @property
    def name(self) -> str:
        """What the workspace, or the organisation, is called."""

    @property
    def organisation(self) -> bool:
        """Whether it is a whole organisation."""

    @property
    def missing(self) -> Sequence[str]:
        """What does not work, in sentences."""


class Installing(Protocol):
    """What connects workspaces; see `bot.slack.install`."""

    def read_link(self, tenant: Tenant, sealed: str, now: datetime) -> Any:
        """Return what a link stands for; BadInput for a bad one."""

    def address(self, link: Any, *, redirect: str, state: str) -> str:
        """Return where the browser goes to agree."""

    async def finish(self, tenant: Tenant, link: Any, *, code: str, redirect: str) -> Shown:
        """Keep what was agreed to."""


class SlackDoor:
    """Three steps: the page with its button, the way to Slack, and back.

    Opening the link only shows the page, for mail programs and chats look at links, too. The way back
    counts in the browser that went, once.
    """

    def __init__(self, house: House, installing: Installing | None) -> None:
        self.house, self._installing = house, installing

    async def front(self, request: Request) -> Response:
        """Show what will happen."""
        tenant, installing = await self._begin(request)
        key = request.query_params.get("key", "")[:MOST_KEY]
        installing.read_link(tenant, key, self.house.clock())
        origin(self.house, request)
        start = f"{request.url.path}/start?{urlencode({'key': key})}"
        return page("slack_install", tenant=tenant, start=start)

    async def start(self, request: Request) -> Response:
        """Send the browser to Slack, with a state that only it can bring back."""
        house, (tenant, installing) = self.house, await self._begin(request)
        key = request.query_params.get("key", "")[:MOST_KEY]
        link = installing.read_link(tenant, key, house.clock())
        state = f"{tenant.slug}.{secrets.token_urlsafe(24)}"
        where = installing.address(link, redirect=origin(house, request) + BACK, state=state)
        kept = {"state": state, "key": key, "until": (house.clock() + LASTS).timestamp()}
        sealed = house.cipher.seal(json.dumps(kept), row=_row(tenant))
        answer = RedirectResponse(where, status_code=303)
        set_cookie(house, tenant, answer, sealed, seconds=int(LASTS.total_seconds()), what=WHAT)
        return answer

    async def back(self, request: Request) -> Response:
        """Take what Slack sends back with the browser."""
        house, given = self.house, request.query_params
        named = STATE.fullmatch(given.get("state", ""))
        if named is None:
            raise BadInput(STALE)
        tenant, installing = await self._begin(request, named[1])
        key = self._kept(tenant, request, named[0])
        if "error" in given:
            why = given["error"]
            raise BadInput(
                DECLINED
                if why == "access_denied"
                else FAILED.format(why=why if WORD.fullmatch(why) else "no")
            )
        code = given.get("code", "")
        if not code or len(code) > MOST_CODE:
            raise BadInput(STALE)
        link = installing.read_link(tenant, key, house.clock())
        done = await installing.finish(tenant, link, code=code, redirect=origin(house, request) + BACK)
        answer = page("slack_installed", tenant=tenant, done=done)
        drop_cookie(house, tenant, answer, WHAT)
        return answer

    async def _begin(self, request: Request, slug: str = "") -> tuple[Tenant, Installing]:
        """Return the tenant of the path, or of the state; NotFound where nothing can be connected."""
        slug = slug or request.path_params["slug"]
        try:
            tenant = await self.house.tenant(slug)
        except NotFound:
            raise NotFound(NOT_HERE) from None
        if tenant.slug != slug or self._installing is None:
            raise NotFound(NOT_HERE)
        who = request.client.host if request.client else ""
        await check_rate(self.house.database, tenant.id, f"slack-install:{who}", TRIES, what="tries")
        return tenant, self._installing

    def _kept(self, tenant: Tenant, request: Request, state: str) -> str:
        """Return the key of the link this browser began with, if the answer is to that."""
        house = self.house
        sealed = request.cookies.get(cookie_name(house, tenant, WHAT), "")
        try:
            kept = json.loads(house.cipher.open(sealed, row=_row(tenant)))
        except (SealBrokenError, ValueError):
            raise BadInput(STALE) from None
        same = hmac.compare_digest(str(kept["state"]).encode(), state.encode())
        if not same or kept["until"] < house.clock().timestamp():
            raise BadInput(STALE)
        return str(kept["key"])


def _row(tenant: Tenant) -> str:
    """Name what a sealed attempt is bound to."""
    return f"{tenant.id}|cookie|{WHAT}"
