"""Which kind of place a Slack channel is: what its own events say, and what the last one said of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.contract.place import Place, PlaceKind
from bot.db import channels
from bot.db.channels import Known
from bot.db.session import Session

SURFACE = "slack"
LINK = re.compile(r"<#(C[A-Z0-9]{1,40})\|([^<>|]{1,80})>")
MOST_NAMED = 10
KINDS = {"im": PlaceKind.DIRECT, "channel": PlaceKind.PUBLIC}


def kind_of(body: Mapping[str, Any], event: Mapping[str, Any], channel: str) -> PlaceKind:
    """Return what an event says of its channel; Slack tells with each whether outsiders read along."""
    if body.get("is_ext_shared_channel") is True:
        return PlaceKind.SHARED
    if channel.startswith("D"):
        return PlaceKind.DIRECT
    return KINDS.get(str(event.get("channel_type")), PlaceKind.PRIVATE)


async def do_learn(session: Session, channel: str, kind: str, text: str) -> None:
    """Keep what kind a channel is, and what the channels named in a text are called.

    Events come late and twice: that outsiders do not read along any more is asked of Slack, see `Places`.
    """
    told = [Known(surface=SURFACE, channel=found, name=name.lower()) for found, name in _named(text)]
    if kind and kind != PlaceKind.DIRECT:
        told.append(Known(surface=SURFACE, channel=channel, kind=kind))
    for known in sorted(told, key=lambda one: one.channel):  # in one order: many learn at once
        await channels.do_know(session, known, hearsay=True)


def _named(text: str) -> Iterable[tuple[str, str]]:
    return dict(LINK.findall(text)[:MOST_NAMED]).items()


async def get_place(session: Session, channel: str, kind: str) -> Place:
    """Return a place by what was heard there; a click does not say who reads along.

    Where nothing is known outsiders may, so it counts as shared.
    """
    if not kind and channel.startswith("D"):
        kind = PlaceKind.DIRECT
    if not kind:
        known = await channels.get_known(session, SURFACE, channel)
        kind = (known.kind if known else "") or PlaceKind.SHARED
    return Place(surface=SURFACE, channel=channel, kind=PlaceKind(kind))
