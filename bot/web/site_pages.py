"""The pages' routes, and what is said when something does not go as it should."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.contract.people import Tenant
from bot.core import sso, web_links
from bot.errors import LimitExceeded, NotAllowed, UserError
from bot.web import door, room, slack_install, stranger
from bot.web.outsiders import outsider_routes
from bot.web.shield import App
from bot.web.show import page, send_style, style_path
from bot.web.visit import House, Visit, drop_cookie, find_tenant, get_visit

Shown = Callable[[Visit], Awaitable[Response]]
Answered = Callable[[Request], Awaitable[Response]]


def make_pages(house: House, *, installing: slack_install.Installing | None = None) -> App:
    """Return the application of every path under /t/, /l/ and /static/, and of the way back from Slack."""
    way_in, slack = door.Door(house), slack_install.SlackDoor(house, installing)

    async def out(request: Request) -> Response:
        return await door.sign_out(house, request)

    async def by_code(request: Request) -> Response:
        return await stranger.link_by_code(house, request)

    def of(show: Shown) -> Answered:
        return _spoken(house, _signed_in(house, show))

    here = "/t/{slug}"
    call_path = here + "/calls/{call}"
    routes = [
        Route(style_path(), send_style),
        *outsider_routes(house),
        Route(here, of(room.waiting)),
        Route(f"{here}/waiting", of(room.waiting)),
        Route(call_path, of(room.call)),
        Route(call_path, of(room.decide), methods=["POST"]),
        Route(f"{here}/you", of(room.you)),
        Route(f"{here}/you/code", of(room.new_code), methods=["POST"]),
        Route(f"{here}/you/sessions/{{session}}", of(room.end_session), methods=["POST"]),
        Route(f"{here}/sign-in", _spoken(house, way_in.front)),
        Route(f"{here}/sign-in/start", _spoken(house, way_in.start)),
        Route(f"{here}/sign-in/done", _spoken(house, way_in.done)),
        Route(f"{here}/sign-in/code", _spoken(house, by_code), methods=["POST"]),
        Route(f"{here}/sign-out", _spoken(house, out), methods=["POST"]),
        Route(f"{here}/slack", _spoken(house, slack.front)),
        Route(f"{here}/slack/start", _spoken(house, slack.start)),
        Route(slack_install.BACK, _spoken(house, slack.back)),
    ]
    return Starlette(routes=routes)


def _signed_in(house: House, show: Shown) -> Answered:
    """Let through whoever is signed in; send everybody else to sign in, and from there back."""

    async def answer(request: Request) -> Response:
        tenant = await find_tenant(house, request)
        try:
            visit = await get_visit(house, request, tenant)
        except NotAllowed as error:  # deactivated between two looks
            gone = page("error", status=403, tenant=tenant, text=str(error), again="")
            drop_cookie(house, tenant, gone)
            return gone
        if visit is not None:
            return await show(visit)
        await sso.get_provider(house.database, tenant)  # without one there is nothing here, as for no tenant
        wanted = door.safe_next(tenant, request.url.path)
        where = f"{web_links.sign_in(tenant)}?{urlencode({'next': wanted})}"
        return RedirectResponse(where, status_code=303)

    return answer


def _spoken(house: House, work: Answered) -> Answered:
    """Say a UserError as a page of its own."""

    async def answer(request: Request) -> Response:
        try:
            return await work(request)
        except UserError as error:
            tenant = await _tenant(house, request)
            signing_in = tenant is not None and "/sign-in/" in request.url.path
            again = web_links.sign_in(tenant) if tenant is not None and signing_in else ""
            status = 429 if isinstance(error, LimitExceeded) else room.status_of(error)
            said = page("error", status=status, tenant=tenant, text=str(error), again=again)
            if tenant is not None and signing_in:
                drop_cookie(house, tenant, said, "sign-in")
            return said

    return answer


async def _tenant(house: House, request: Request) -> Tenant | None:
    """Return the tenant to name on a page that says what is wrong; none where nobody could sign in."""
    if "slug" not in request.path_params:
        return None
    try:
        tenant = await find_tenant(house, request)
        await sso.get_provider(house.database, tenant)
    except UserError:
        return None
    return tenant
