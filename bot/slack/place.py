"""Which kind of place a Slack channel is: what its own events say, and what the last one said of it."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from bot.contract.place import Place, PlaceKind
from bot.db import channels
from bot.db.channels import Known
from bot.db.session import Session, after_commit
from bot.slack.lately import Lately

SURFACE = "slack"
LINK = re.compile(r"<#(C[A-Z0-9]{1,40})\|([^<>|]{1,80})>")
MOST_NAMED = 10
REMEMBERED = 30.0
"""Seconds for which the same need not be written again; a channel's kind is relied on for far longer."""
KINDS = {"im": PlaceKind.DIRECT, "channel": PlaceKind.PUBLIC}


def kind_of(body: Mapping[str, Any], event: Mapping[str, Any], channel: str) -> PlaceKind:
    """Return what an event says of its channel; Slack tells with each whether outsiders read along."""
    if body.get("is_ext_shared_channel") is True:
        return PlaceKind.SHARED
    if channel.startswith("D"):
        return PlaceKind.DIRECT
    return KINDS.get(str(event.get("channel_type")), PlaceKind.PRIVATE)


class Told(Protocol):
    """What somebody said, and where."""

    @property
    def channel(self) -> str:
        """Where."""

    @property
    def kind(self) -> str:
        """What the event says of the channel."""

    @property
    def text(self) -> str:
        """The words."""


class Learning:
    """Keeps what kind a channel is, and what the channels named in a text are called.

    Events come late and twice: that outsiders do not read along any more is asked of Slack, see `Places`.
    """

    def __init__(self) -> None:
        self._lately = Lately(REMEMBERED)

    async def do_learn(self, session: Session, tenant_id: str, heard: Sequence[Told]) -> None:
        """Write what this process did not write last of the channel a moment ago."""
        told = {
            known for one in heard for known in _told(one) if not self._lately.has(*_line(tenant_id, known))
        }
        for known in sorted(told, key=lambda one: (one.channel, one.name, one.kind)):  # many learn at once
            await channels.do_know(session, known, hearsay=True)
            after_commit(session, partial(self._lately.note, *_line(tenant_id, known)))


def _line(tenant_id: str, known: Known) -> tuple[Hashable, Hashable]:
    return (tenant_id, known.channel, bool(known.kind)), known


def _told(heard: Told) -> Iterator[Known]:
    for found, name in _named(heard.text):
        yield Known(surface=SURFACE, channel=found, name=name.lower())
    if heard.kind and heard.kind != PlaceKind.DIRECT:
        yield Known(surface=SURFACE, channel=heard.channel, kind=heard.kind)


def _named(text: str) -> Iterable[tuple[str, str]]:
    return dict(LINK.findall(text)[:MOST_NAMED]).items()


async def get_place(session: Session, channel: str, kind: str, *, seen: bool = False) -> Place:
    """Return a place by what was heard there; a click does not say who reads along.

    Where nothing is known outsiders may, so it counts as shared, or as one with a guest in it; `seen`: as the
    latter only where a guest was seen.
    """
    if not kind and channel.startswith("D"):
        kind = PlaceKind.DIRECT
    if kind not in {PlaceKind.DIRECT, PlaceKind.SHARED}:
        known = await channels.get_known(session, SURFACE, channel)
        kind = kind or (known.kind if known else "") or PlaceKind.SHARED
        without = known is not None and known.guests is False and known.guests_at is not None
        if kind != PlaceKind.SHARED and not (without or (seen and not (known and known.guests))):
            kind = PlaceKind.GUESTS
    return Place(surface=SURFACE, channel=channel, kind=PlaceKind(kind))
