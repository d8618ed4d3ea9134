"""The pages that outsiders reach by a link they were sent: opening one only shows, its button does."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.contract.people import Tenant
from bot.core.public_links import GONE, Wanted, open_link
from bot.core.seals import LINK_PATH
from bot.errors import NotFound, UserError
from bot.web.show import page
from bot.web.visit import House


def outsider_routes(house: House) -> list[Route]:
    """Return the routes under /l/."""

    async def answer(request: Request) -> Response:
        return await _answer(house, request)

    return [Route(LINK_PATH, answer, methods=["GET", "POST"])]


async def _answer(house: House, request: Request) -> Response:
    """Show or do; the sender's own mail program posts without ever having shown the page (RFC 8058)."""
    parts, press = dict(request.path_params), request.method == "POST"
    slug = parts.pop("slug")
    try:
        tenant = await _tenant(house, slug)
        opened = await open_link(house.around(tenant), Wanted(**parts), press=press)
    except NotFound:
        return page("outsider", status=404, isp="", heading="This did not work", text=GONE, button="")
    except UserError as error:
        return page("outsider", status=503, isp="", heading="This did not work", text=str(error), button="")
    heading = "Done" if press else opened.link.button
    button = "" if press else opened.link.button
    return page("outsider", isp=tenant.name, heading=heading, text=opened.reply.text, button=button)


async def _tenant(house: House, slug: str) -> Tenant:
    tenant = await house.tenant(slug)
    if tenant.slug != slug:
        raise NotFound(GONE)
    return tenant
