"""One request to a tenant's pages: which tenant, who signed in, what they sent, from where."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from bot.config import Config
from bot.contract.people import Tenant, User
from bot.core import sso, web_sessions
from bot.core.gate import Gate
from bot.core.surroundings import Surroundings
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.db.web_sessions import WebSession
from bot.errors import BadInput, NotAllowed, NotFound
from bot.host.registry import Registry

MOST_FORM = 16 << 10
MOST_FIELDS = 20
FORM = "application/x-www-form-urlencoded"
NO_ADDRESS = (
    "This service does not know its public address, so its pages work only on the machine it runs on "
    "(http://127.0.0.1). Its administrator sets BACKHAUL_PUBLIC_URL."
)
NOT_YOURS = (
    "This form is not one of yours any more: nothing was done. Go back, reload the page and try again."
)


class House(Protocol):
    """What the pages need of the application."""

    @property
    def config(self) -> Config:
        """The environment."""

    @property
    def database(self) -> Database:
        """The database."""

    @property
    def registry(self) -> Registry:
        """The loaded plugins."""

    @property
    def cipher(self) -> Cipher:
        """What seals what browsers keep."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """The time: aware, UTC."""

    async def tenant(self, slug_or_id: str) -> Tenant:
        """Return one tenant, or raise NotFound."""

    async def gate(self, tenant: Tenant) -> Gate:
        """Return the tenant's gate."""

    def around(self, tenant: Tenant) -> Surroundings:
        """Return what surrounds this tenant's calls."""


class TooLargeFormError(BadInput):
    """The form is larger than any of ours."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A request of somebody who is signed in."""

    tenant: Tenant
    user: User
    session: WebSession
    csrf: str
    request: Request
    house: House

    async def form(self) -> Mapping[str, str]:
        """Return what they sent; NotAllowed unless it came from a page of theirs."""
        sent = await read_form(self.request)
        check_same_site(self.request)
        if not hmac.compare_digest(sent.get("csrf", "").encode(), self.csrf.encode()):
            raise NotAllowed(NOT_YOURS)
        return sent


async def find_tenant(house: House, request: Request) -> Tenant:
    """Return the tenant of the path; NotFound in the same words as for one without sign-in."""
    slug = request.path_params["slug"]
    try:
        tenant = await house.tenant(slug)
    except NotFound:
        raise NotFound(sso.NO_SIGN_IN) from None
    if tenant.slug != slug:
        raise NotFound(sso.NO_SIGN_IN)
    return tenant


async def get_visit(house: House, request: Request, tenant: Tenant) -> Visit | None:
    """Return who is signed in here; None when nobody is, or not any more."""
    token = request.cookies.get(cookie_name(house, tenant), "")
    found = await web_sessions.resume(house.database, tenant, token, now=house.clock())
    if found is None:
        return None
    return Visit(
        tenant=tenant,
        user=await house.around(tenant).user(found.user_id),
        session=found,
        csrf=csrf_of(token),
        request=request,
        house=house,
    )


def csrf_of(token: str) -> str:
    """Return what forms of a session carry: it follows from its token, and tells nothing of it."""
    return hmac.new(token.encode(), b"backhaul form", hashlib.sha256).hexdigest()


def origin(house: House, request: Request) -> str:
    """Return the address people see: as configured, else this machine; never what a stranger claims."""
    if house.config.public_url:
        return house.config.public_url
    host = request.headers.get("host", "")
    try:
        parts = urlsplit(f"//{host}")
        here = parts.netloc == host and "@" not in host and sso.is_loopback(parts.hostname)
        here = here and (parts.port is None or parts.port > 0)
    except ValueError:
        here = False
    if not here:
        raise NotAllowed(NO_ADDRESS)
    return f"http://{host}"


def is_secure(house: House) -> bool:
    """Say whether browsers reach the pages by https."""
    return house.config.public_url.startswith("https://")


def cookie_name(house: House, tenant: Tenant, what: str = "session") -> str:
    """Return the name of a tenant's cookie; browsers guard `__Host-` against other hosts and plain http."""
    return f"{'__Host-' if is_secure(house) else ''}backhaul-{what}-{tenant.slug}"


def set_cookie(
    house: House, tenant: Tenant, answer: Response, value: str, *, seconds: int, what: str = "session"
) -> None:
    """Have the browser keep a value that no script reads and no other site's form sends."""
    answer.set_cookie(
        cookie_name(house, tenant, what),
        value,
        max_age=seconds,
        path="/",
        secure=is_secure(house),
        httponly=True,
        samesite="lax",
    )


def drop_cookie(house: House, tenant: Tenant, answer: Response, what: str = "session") -> None:
    """Have the browser forget a value."""
    set_cookie(house, tenant, answer, "", seconds=0, what=what)


def check_same_site(request: Request) -> None:
    """Raise NotAllowed when the browser says that another site made it send this."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise NotAllowed(NOT_YOURS)


async def read_form(request: Request) -> dict[str, str]:
    """Return a small form; BadInput for anything else."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise BadInput("This page takes its own forms only. Go back and use its buttons.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_FORM:
            raise TooLargeFormError("That is too much text for this form: shorten it. Nothing was done.")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise BadInput("This form cannot be read. Go back, reload the page and try again.") from None
    return {name: value.replace("\x00", "") for name, value in pairs}
