"""The pages of whoever is signed in: what waits for them, one call, what they may do here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.responses import RedirectResponse, Response

from bot.contract.place import Place, PlaceKind
from bot.contract.reply import Reply
from bot.core import web_links, web_sessions
from bot.core.links import issue_code
from bot.db import links
from bot.db.rates import Rate, check_rate
from bot.errors import (
    BadInput,
    Conflict,
    NotAllowed,
    NotFound,
    NotLinked,
    NotSupported,
    OutcomeUnknown,
    Unavailable,
    UserError,
)
from bot.web.show import page, words_for
from bot.web.visit import TooLargeFormError, Visit, drop_cookie

CODES = Rate(times=10, within=timedelta(hours=1))
AGREE, REFUSE, UNDO = "approve", "refuse", "undo"
ONCE = re.compile("[0-9a-f]{32}")
HERE = Place(surface="web", kind=PlaceKind.DIRECT)
"""A page is read by who signed in, and nobody else."""


async def waiting(visit: Visit) -> Response:
    """Show what waits for this person, what they wait for, and what became of the rest."""
    gate = await visit.house.gate(visit.tenant)
    found = await gate.show_waiting(visit.user)
    own = await gate.show_own(visit.user)
    return _page(
        visit,
        "waiting",
        mine=[one for one in found if one.may_agree],
        theirs=[one for one in found if not one.may_agree],
        past=own[:20],
    )


async def call(visit: Visit) -> Response:
    """Show one call, whatever became of it."""
    gate = await visit.house.gate(visit.tenant)
    shown = await gate.show(visit.user, visit.request.path_params["call"])
    return _page(visit, "call", one=shown, notice="", wrong="")


async def decide(visit: Visit) -> Response:
    """Approve, refuse or take back; whether that counts is the gate's to say."""
    sent = await visit.form()
    gate, call_id = await visit.house.gate(visit.tenant), visit.request.path_params["call"]
    doing = sent.get("do", "")
    if doing not in {AGREE, REFUSE, UNDO}:
        raise BadInput("This form asks for nothing this page knows. Go back and use its buttons.")
    if doing != UNDO and not sent.get("version"):
        raise BadInput("This form does not say what you saw. Go back, reload the page and look again.")
    try:
        if doing == UNDO:
            reply = await gate.undo(visit.user, call_id, place=HERE, key=_key(call_id, sent))
        else:
            reply = await gate.decide(
                visit.user,
                call_id,
                yes=doing == AGREE,
                reason=sent.get("reason", ""),
                version=sent["version"],
                place=HERE,
            )
    except NotFound:
        raise
    except UserError as error:
        shown = await gate.show(visit.user, call_id)
        return _page(visit, "call", status=status_of(error), one=shown, notice="", wrong=str(error))
    return await _replied(visit, reply, call_id)


def _key(call_id: str, sent: Mapping[str, str]) -> str | None:
    """Return what tells a form that is sent twice from a second one."""
    once = sent.get("once", "")
    return f"web:{call_id}:{once}" if ONCE.fullmatch(once) else None


async def _replied(visit: Visit, reply: Reply, call_id: str) -> Response:
    """Show what came of it; what still waits is shown as it is now."""
    gate = await visit.house.gate(visit.tenant)
    shown = await gate.show(visit.user, reply.call_id or call_id)
    if reply.waiting is not None:
        head = reply.text.partition("\n")[0] if not reply.text.startswith("**") else "This still waits."
        return _page(visit, "call", one=shown, notice=head, wrong="")
    return _page(visit, "done", reply=reply, one=shown)


async def you(visit: Visit) -> Response:
    """Show who they are here and what they may do."""
    return await _you(visit)


async def new_code(visit: Visit) -> Response:
    """Show a one-time code with which they link a chat account or a terminal."""
    await visit.form()
    house, user = visit.house, visit.user
    key = f"web-code:{user.id}"
    await check_rate(house.database, visit.tenant.id, key, CODES, what="link codes")
    code, until = await issue_code(house.database, visit.tenant, user.id, by=user.id, now=house.clock())
    return await _you(visit, code=code, until=until)


async def end_session(visit: Visit) -> Response:
    """End one of their sessions, perhaps this one."""
    await visit.form()
    house, session_id = visit.house, visit.request.path_params["session"]
    await web_sessions.end(house.database, visit.tenant, session_id, visit.user.id)
    if session_id != visit.session.id:
        return RedirectResponse(web_links.you(visit.tenant), status_code=303)
    answer = page("signed_out", tenant=visit.tenant)
    drop_cookie(house, visit.tenant, answer)
    return answer


async def _you(visit: Visit, **more: Any) -> Response:
    house, tenant, user = visit.house, visit.tenant, visit.user
    sessions = await web_sessions.find(house.database, tenant, now=house.clock(), user_id=user.id)
    async with house.database.tenant(tenant.id) as session:
        linked = await links.find_links(session, user.id)
    enabled = (await house.around(tenant).view()).enabled
    meanings = {
        name: meaning
        for plugin, info in house.registry.plugins.items()
        if plugin in enabled
        for name, meaning in info.permissions.items()
    }
    rights = [(meanings[name], right) for name, right in sorted(user.rights.items()) if name in meanings]
    shown = {"code": "", "until": None, "rights": rights, "linked": linked, "sessions": sessions, **more}
    return _page(visit, "you", **shown)


def status_of(error: UserError) -> int:
    """Return the status that says the same as an error's kind."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 400)


STATUS: tuple[tuple[type[UserError], int], ...] = (
    (TooLargeFormError, 413),
    (NotAllowed, 403),
    (NotLinked, 403),
    (NotFound, 404),
    (Conflict, 409),
    (NotSupported, 501),
    (Unavailable, 503),
    (OutcomeUnknown, 500),
)


def _page(visit: Visit, name: str, *, status: int = 200, **values: Any) -> Response:
    words = words_for(visit.tenant, visit.house.clock())
    return page(name, status=status, tenant=visit.tenant, visit=visit, **words, **values)
