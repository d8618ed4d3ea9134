"""Turning what the core says into pages: templates, safe by default, and the headers that keep them so."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from importlib.resources import files
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from starlette.responses import HTMLResponse, Response

from bot.contract.money import Money
from bot.contract.people import Right, Tenant
from bot.contract.reply import Align, Evidence, Table
from bot.core import web_links
from bot.core.cells import age, cell, moment, span
from bot.core.grants import as_words
from bot.web.marked import clean, marked

SAFE = {
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
FOREVER = {"cache-control": "public, max-age=31536000, immutable"}


@cache
def style() -> bytes:
    """Return the one stylesheet."""
    return files("bot.web").joinpath("pages", "pages.css").read_bytes()


@cache
def style_path() -> str:
    """Return where it is: the address changes with it, so that browsers may keep it for good."""
    return f"/static/pages.{hashlib.sha256(style()).hexdigest()[:12]}.css"


async def send_style(_request: object) -> Response:
    """Answer with the stylesheet."""
    return Response(style(), media_type="text/css", headers=FOREVER)


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("bot.web", "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(marked=marked, clean=clean)
    made.globals.update(links=web_links, style=style_path, once=partial(token_hex, 16))
    return made


def page(name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page of the folder `pages`."""
    text = _templates().get_template(f"{name}.html").render(**{"tenant": None, "visit": None, **values})
    return HTMLResponse(text, status_code=status, headers=SAFE)


def words_for(tenant: Tenant, now: datetime) -> Mapping[str, Any]:
    """Return the functions with which templates say values as this tenant's people read them."""
    zone = tenant.zone

    def left(until: datetime | None) -> str:
        if until is None:
            return ""
        return f"{span(until - now)} left, until {moment(until, zone)}" if until > now else "over"

    return {
        "moment": lambda at: moment(at, zone),
        "age": lambda at: age(at, zone),
        "left": left,
        "rows": lambda table: rows(table, zone),
        "cell": lambda value: clean(cell(value, zone)),
        "source": lambda one: _evidence(one, zone),
        "reach": lambda right: reach(right, tenant),
    }


def rows(table: Table, zone: ZoneInfo) -> list[list[tuple[str, bool]]]:
    """Return the cells as text, each with whether it goes right."""
    right = [column.align is Align.RIGHT for column in table.columns]
    return [
        [(clean(cell(value, zone)), at_right) for value, at_right in zip(row, right, strict=True)]
        for row in table.rows
    ]


def _evidence(one: Evidence, zone: ZoneInfo) -> str:
    return clean(f"{one.source}, {age(one.at, zone)}")


def reach(right: Right, tenant: Tenant) -> list[str]:
    """Return how far a right goes: where, up to how much and for how many, a line per grant."""
    lines = []
    for part in right.parts or (right,):
        where = " or ".join(sorted(as_words(area) for area in part.scope.areas)) or "nowhere"
        limits = []
        if part.max_amount is not None:
            limits.append(f"up to {_money(part.max_amount, tenant)} a call")
        if part.max_count is not None:
            limits.append(f"up to {part.max_count:,} customers a call")
        lines.append(", ".join([where, *limits]))
    return list(dict.fromkeys(lines))


def _money(minor: int, tenant: Tenant) -> str:
    return str(Money(minor, tenant.currency))
