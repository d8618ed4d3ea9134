"""The network port on our own tables: what stands out, and who had an address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.api import ConnectorContext, Scope
from plugins.connectors.local import queries_watch as queries
from plugins.connectors.local.queries_below import sort_of
from plugins.connectors.local.queries_history import find_slow, find_speed_tests
from plugins.connectors.local.queries_network_write import get_work
from plugins.connectors.local.queries_offline import find_offline
from plugins.connectors.local.queries_onts import find_onts, find_weak
from plugins.connectors.local.queries_pools import find_free, find_pools
from plugins.network.port import (
    EVER,
    Begun,
    DropsPage,
    Holder,
    Maintenance,
    Measured,
    OfflinePage,
    Ont,
    OntPage,
    Place,
    Pool,
    Session,
    Signs,
    Sinking,
    SlowPage,
)


class Watching:
    """Signals, drops and addresses in the `isp_*` tables."""

    def __init__(self, context: ConnectorContext) -> None:
        self._sql = context.sql
        self._now = context.now
        self._currency = context.tenant.currency

    async def signs(self, scope: Scope, place: Place) -> Signs:
        """Return how the ONTs below a place are, by PON, and which devices on the way are down."""
        async with self._sql() as session:
            return await queries.get_signs(session, scope, place, self._now())

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
        """Return the ONTs below a place or of an area, those not up first, then the weakest."""
        now = self._now()
        async with self._sql() as session:
            return await find_onts(
                session, scope, place, now, limit, status=status, area=area, model=model, begun=begun
            )

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
        """Return the active services without a session, those that went last first."""
        sort = sort_of(kind, tier)
        async with self._sql() as session:
            return await find_offline(session, scope, place, area, self._now(), limit, sort=sort, begun=begun)

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
        """Return the ONTs that receive less than a level, the weakest first."""
        async with self._sql() as session:
            return await find_weak(session, scope, below, place, self._now(), limit, area=area, model=model)

    async def sinking(self, scope: Scope, since: datetime, fell: float, limit: int = 20) -> Sequence[Sinking]:
        """Return the PONs whose mean level sank by so many dB, the worst first."""
        async with self._sql() as session:
            return await queries.find_sinking(session, scope, since, fell, limit)

    async def drops(
        self, scope: Scope, customer: str, since: datetime, until: datetime | None = None
    ) -> Sequence[Session]:
        """Return the sessions of a customer that ended within a time, newest first."""
        async with self._sql() as session:
            return await queries.find_went(session, scope, customer, since, until or self._now())

    async def ont_now(self, scope: Scope, service: str) -> Ont | None:
        """Return what is on record of a line's ONT: no OLT is asked."""
        async with self._sql() as session:
            return await queries.get_ont_now(session, scope, service)

    async def speed_tests(self, scope: Scope, customer: str, since: datetime) -> Sequence[Measured]:
        """Return the speed tests kept for a customer's lines."""
        async with self._sql() as session:
            return await find_speed_tests(session, scope, customer, since)

    async def slow_lines(
        self, scope: Scope, site: str, since: datetime, share: float, limit: int = 30
    ) -> SlowPage:
        """Return the lines of a site that are tested below a share of their plan, the slowest first."""
        async with self._sql() as session:
            return await find_slow(session, scope, site, since, share, limit)

    async def flapping(
        self, scope: Scope, since: datetime, least: int, limit: int = 30, until: datetime | None = None
    ) -> DropsPage:
        """Return the lines that dropped at least so often within a time, the worst first."""
        async with self._sql() as session:
            return await queries.find_flapping(session, scope, since, until or self._now(), least, limit)

    async def holders(
        self, scope: Scope, address: str, since: datetime, until: datetime, limit: int = 10
    ) -> Sequence[Holder]:
        """Return who had an IP or MAC address within a time, newest first."""
        async with self._sql() as session:
            return await queries.find_holders(session, scope, address, since, until, limit)

    async def pools(self, scope: Scope, text: str = "", limit: int = 50) -> Sequence[Pool]:
        """Return address pools, the fullest first."""
        async with self._sql() as session:
            return await find_pools(session, scope, text, limit)

    async def free_addresses(self, scope: Scope, pool: str, limit: int = 10) -> Sequence[str]:
        """Return the lowest addresses of a pool that nobody has."""
        async with self._sql() as session:
            return await find_free(session, scope, pool, limit)

    async def get_maintenance(self, scope: Scope, number: str) -> Maintenance | None:
        """Return one maintenance window."""
        async with self._sql() as session:
            return await get_work(session, number.strip().upper(), scope)
