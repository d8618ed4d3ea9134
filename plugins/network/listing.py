"""What the network port lists of the far ends: ONTs, lines without a session, drops, ports that stand out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.api import Scope
from plugins.network.impact import Place
from plugins.network.nouns import Port, Session
from plugins.network.signs import EVER, Begun, DropsPage, OfflinePage, OntPage


class Listing(Protocol):
    """Lists of lines and ports, narrowed as people ask for them.

    `begun` keeps those whose state began within a time: dark for two days, offline since this morning.
    """

    async def dark_ports(
        self, scope: Scope, area: str = "", device: str = "", limit: int = 50
    ) -> Sequence[Port]:
        """Return the ports that are not up or have lines offline; most offline first."""
        ...

    async def full_ports(
        self, scope: Scope, area: str = "", device: str = "", limit: int = 50
    ) -> Sequence[Port]:
        """Return the PONs and sectors that have a capacity, the fullest first."""
        ...

    async def offline(
        self,
        scope: Scope,
        place: Place | None = None,
        area: str = "",
        limit: int = 30,
        *,
        kind: str = "",
        tier: str = "",
        begun: Begun = EVER,
    ) -> OfflinePage:
        """Return the active services that have no session now, those that went last first.

        Below a place as `impact` counts it, or of customers who are at home in an area, or all; of a kind
        and tier of customers as there. One that was never online began before all times.
        """
        ...

    async def onts(
        self,
        scope: Scope,
        place: Place | None,
        limit: int = 100,
        *,
        status: str = "",
        area: str = "",
        model: str = "",
        begun: Begun = EVER,
    ) -> OntPage:
        """Return the ONTs below a place, or of an area, or all; those not up first, then the weakest.

        In a status (`online`, `los`, `dying_gasp`, `offline`, `not up`), or in any; of a model whatever the
        case.
        """
        ...

    async def weak(
        self,
        scope: Scope,
        below: float,
        place: Place | None = None,
        limit: int = 30,
        *,
        area: str = "",
        model: str = "",
    ) -> OntPage:
        """Return the ONTs that are up and receive less than a level (dBm), the weakest first."""
        ...

    async def drops(
        self, scope: Scope, customer: str, since: datetime, until: datetime | None = None
    ) -> Sequence[Session]:
        """Return the sessions of a customer that ended within a time, newest first."""
        ...

    async def flapping(
        self, scope: Scope, since: datetime, least: int, limit: int = 30, until: datetime | None = None
    ) -> DropsPage:
        """Return the lines whose session ended at least so often within a time, the worst first."""
        ...
