"""The database as the rest of the bot sees it: transactions that belong to one tenant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from typing import Any, Self
from weakref import ref

import structlog
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bot.config import Config
from bot.db.bootstrap import bootstrap
from bot.db.check import check_isolation
from bot.db.ids import uuid_of
from bot.db.outage import FAILURES, said
from bot.db.pool import Pool
from bot.db.quick import QuickSession
from bot.db.session import COMMITTED
from bot.db.urls import connect_kwargs, normal_url, numbers_in
from bot.embedded.distribution import Progress
from bot.embedded.server import EmbeddedPostgres, quiet
from bot.errors import ConfigError, NoTenant
from bot.trouble import incident

log = structlog.get_logger(__name__)
CONNECT_TIMEOUT = 10.0
POOL_TIMEOUT = 10.0
RECYCLE = 1800
INNER = 4
"""Connections, and as many again, for transactions that a task opens while it has another one open.

A write asks for its lease inside the connector's transaction: from one pool, as many writes at once as it
has connections would each wait for one more, until all of them give up.
"""
AHEAD = 2
"""Connections, and as many again, for what Slack waits three seconds for: it stands behind no work."""
_inside: ContextVar[ref[asyncio.Task[Any]] | None] = ContextVar("inside", default=None)
SYSTEM = ""
"""Bound to no tenant: row-level security shows directory tables only."""

BEGIN = (
    "begin; select set_config('app.tenant_id', '{tenant}', true),"
    " set_config('statement_timeout', '60s', true), set_config('lock_timeout', '20s', true),"
    " set_config('idle_in_transaction_session_timeout', '60s', true)"
)
"""In one message. Local to the transaction: a pool or PgBouncer can not carry it over to the next one."""


class Database:
    """A pool of connections as the runtime role. Owns the embedded server's handle when there is one."""

    def __init__(
        self,
        *,
        runtime_url: str,
        owner_url: str | None = None,
        pool_size: int = 10,
        server: EmbeddedPostgres | None = None,
    ) -> None:
        url = normal_url(runtime_url)
        self.runtime_url = url.render_as_string(hide_password=False)
        self._owner_url = owner_url
        self.server = server
        self._reviving, self._lives = asyncio.Lock(), 0
        self._pool, self._inner, self._ahead = (make_pool(url, n) for n in (pool_size, INNER, AHEAD))

    @property
    def engine(self) -> AsyncEngine:
        """SQLAlchemy's engine under the largest pool. What goes this way is bound to no tenant."""
        return self._pool.engine

    @classmethod
    async def open(cls, config: Config, on_progress: Progress = quiet, *, check: bool = True) -> Self:
        """Start or attach to the embedded server, or use DATABASE_URL. Does not migrate.

        Without `check` it takes a database of yours as it is: for `backhaul check`, which lists its faults.
        Raises ConfigError when the database can not keep tenants apart, Unavailable when it does not answer.
        """
        if config.database_url is not None:
            owner = config.database_owner_url
            if check:
                await check_isolation(config.database_url.get_secret_value())
            return cls(
                runtime_url=config.database_url.get_secret_value(),
                owner_url=None if owner is None else owner.get_secret_value(),
                pool_size=config.database_pool,
            )
        server = embedded_server(config, on_progress)
        await asyncio.to_thread(server.start)
        async with AsyncExitStack() as undo:
            undo.push_async_callback(asyncio.to_thread, server.stop)
            owner_url, runtime_url = await bootstrap(server)
            undo.pop_all()
        return cls(
            runtime_url=runtime_url, owner_url=owner_url, pool_size=config.database_pool, server=server
        )

    @property
    def owner_url(self) -> str:
        """The URL for migrations, as the role that owns the tables."""
        if self._owner_url is None:
            raise ConfigError(
                "DATABASE_OWNER_URL is not set: migrations need the role that owns the tables. "
                "It is the same database as DATABASE_URL under another role."
            )
        return normal_url(self._owner_url).render_as_string(hide_password=False)

    def connect_kwargs(self) -> dict[str, Any]:
        """Return the arguments of `asyncpg.connect` for a raw connection as the runtime role."""
        return connect_kwargs(self.runtime_url)

    @asynccontextmanager
    async def tenant(self, tenant_id: str, *, ahead: bool = False) -> AsyncIterator[AsyncSession]:
        """Open one transaction that sees and writes only this tenant's rows; commit at exit.

        `ahead`: on connections of its own, for what may not stand behind work that takes its time.
        """
        async with self._transaction(_checked(tenant_id), ahead=ahead) as session:
            yield session

    @asynccontextmanager
    async def system(self) -> AsyncIterator[AsyncSession]:
        """Open one transaction of no tenant: it sees the directory tables and the jobs, nothing else."""
        async with self._transaction(SYSTEM) as session:
            yield session

    @asynccontextmanager
    async def _transaction(self, tenant: str, *, ahead: bool = False) -> AsyncIterator[AsyncSession]:
        outer, me = _inside.get(), asyncio.current_task()
        pool = self._pool if outer is None or outer() is not me else self._inner
        session = QuickSession(self._ahead if ahead else pool)
        with said(connecting=True):
            await self._open(session, BEGIN.format(tenant=tenant))
        try:
            _inside.set(None if me is None else ref(me))
            try:
                with said():
                    yield session
            finally:
                _inside.set(outer)
            with said(saving=True):
                await session.commit()
            _tell(session)
        finally:
            await session.leave()

    async def _open(self, session: QuickSession, begin: str) -> None:
        """Begin the transaction; an embedded server that has died is started again first."""
        lives = self._lives
        try:
            await session.open(begin)
        except (*FAILURES, OSError):
            if not await self._revived(lives):
                raise
            await session.open(begin)

    async def _revived(self, lives: int) -> bool:
        """Start the embedded server again if it has died under us, once for all who find it dead.

        `lives`: how often it had been started anew when they tried. Say whether to try again.
        """
        if self.server is None:
            return False
        async with self._reviving:
            if self._lives > lives:
                return True
            if await asyncio.to_thread(self.server.postmaster.alive):
                return False
            log.warning("embedded_server_died")
            await asyncio.to_thread(self.server.start)
            self._lives += 1
            await self._dispose()
        return True

    async def close(self) -> None:
        """Give back every connection; the last process stops the embedded server."""
        await self._dispose()
        if self.server is not None:
            await asyncio.to_thread(self.server.stop)

    async def _dispose(self) -> None:
        for pool in (self._pool, self._inner, self._ahead):
            await pool.close()


def make_pool(url: URL, size: int) -> Pool:
    """Return a pool of twice that many connections as the runtime role: half are for what comes in bursts."""
    named = {"server_settings": {"application_name": "backhaul"}}
    connect = {"timeout": CONNECT_TIMEOUT, **numbers_in(url.query), **named}
    return Pool(url, 2 * size, POOL_TIMEOUT, connect, RECYCLE)


def embedded_server(config: Config, on_progress: Progress = quiet) -> EmbeddedPostgres:
    """Return the embedded server this configuration describes, not yet started."""
    return EmbeddedPostgres(
        root=config.home / "pg",
        bindir=config.pg_bin,
        user=config.pg_user,
        portable_vector=config.pg_portable,
        on_progress=on_progress,
    )


def _tell(session: AsyncSession) -> None:
    """Tell that it is committed, whoever has asked to be told."""
    for do in session.info.get(COMMITTED, ()):
        try:
            do()
        except Exception as error:  # noqa: BLE001 - it is committed, and the others are to hear of it
            incident("after_commit_failed", error)


def _checked(tenant_id: str) -> str:
    """Return the tenant's id in its usual spelling; anything else is refused before SQL sees it."""
    if (known := uuid_of(tenant_id)) is None:
        raise NoTenant("A query was tried outside a tenant.")
    return known
