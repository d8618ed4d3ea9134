"""The stock of ONTs and radios: each box, where it is and how it stands, and what the port says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.api import Effect, Scope
from plugins.network.signs import Acted

State = Literal["in stock", "with technician", "installed", "to collect", "returned", "faulty"]
"""Installed is what hangs on a line that is in use, to collect what still hangs on one that has ended;
both follow from the lines. The others are kept: returned came from a customer and was not tested yet."""


@dataclass(frozen=True, kw_only=True)
class Cpe:
    """A box: an ONT, or the radio of a wireless line. `serial` is in capitals, without separators.

    `site` is a site's code: where it lies or was issued from, or that of the line it hangs on. `holder` is a
    technician's e-mail address. `since` says from when on it stands so; nobody knows it of what is installed.
    """

    serial: str
    state: State
    since: datetime | None = None
    model: str | None = None
    site: str | None = None
    holder: str | None = None
    holder_name: str = ""
    service: str | None = None
    customer: str | None = None
    customer_name: str = ""
    note: str = ""
    region: str | None = None
    partner: str | None = None

    @property
    def area(self) -> Mapping[str, str | None]:
        """Region, site and partner, for row scope."""
        return {"region": self.region, "site": self.site, "partner": self.partner}

    @property
    def place(self) -> str:
        """Return the line it hangs on, the technician who has it, or the site; empty if nobody knows."""
        if self.service:
            return f"{self.service} of {self.customer_name} ({self.customer})"
        return self.holder_name or self.holder or self.site or ""


@dataclass(frozen=True, kw_only=True)
class CpeQuery:
    """Which boxes; everything given must fit.

    Empty is any: a part of the model whatever the case, the holder's e-mail address, an area as for devices;
    `since` is when it came to stand so at the earliest, which nobody knows of what hangs on a line.
    """

    state: State | Literal[""] = ""
    since: datetime | None = None
    model: str = ""
    holder: str = ""
    area: str = ""


@dataclass(frozen=True, kw_only=True)
class CpePage:
    """Some boxes, those that stand so for the shortest time first, and how many there are."""

    boxes: tuple[Cpe, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class CpeCount:
    """How many boxes of a model stand so at a place: a technician's name, else a site."""

    state: State
    model: str
    place: str
    count: int


@dataclass(frozen=True, kw_only=True)
class CpePut:
    """How a box that hangs on no line stands from now on. Without a model or site it keeps what it had.

    `with technician` needs a holder, and nothing else has one.
    """

    state: Literal["in stock", "with technician", "returned", "faulty"]
    model: str = ""
    site: str | None = None
    holder: str | None = None
    holder_name: str = ""
    note: str = ""


Off = CpePut | Literal["nowhere"]
"""How a box stands that comes off a line: without a site at that of the line, or on no record at all."""


class Stocking(Protocol):
    """What the network port says of boxes that hang on lines, lie in stores or are on the way."""

    async def cpes(self, scope: Scope, query: CpeQuery, limit: int = 50) -> CpePage:
        """Return boxes."""
        ...

    async def cpe_counts(self, scope: Scope, query: CpeQuery) -> Sequence[CpeCount]:
        """Return how many boxes there are of each model, at each place, in each state; the most first."""
        ...

    async def get_cpe(self, scope: Scope, serial: str) -> Cpe | None:
        """Return one box, whatever the case and separators of its serial number."""
        ...

    async def put_cpe(self, effect: Effect, serial: str, put: CpePut) -> Cpe:
        """Keep how a box stands, a new one too; Conflict when it hangs on a line that is in use."""
        ...

    async def drop_cpe(self, effect: Effect, serial: str) -> None:
        """Forget a box that hangs on no line; NotFound when none is kept."""
        ...

    async def install_ont(self, effect: Effect, service: str, serial: str, model: str = "") -> Acted:
        """Put a box on a line that has none. It need not be in stock, and leaves it if it was.

        NotFound for a line that is not there; Conflict, not saying where, when the box hangs somewhere, is
        faulty, or the line has one or has ended.
        """
        ...

    async def remove_ont(self, effect: Effect, service: str, off: Off | None = None) -> Acted:
        """Take the box off a line: it is `returned`, or as `off` says. Conflict when the line has none."""
        ...
