"""The database as the rest of the bot sees it: transactions that belong to one tenant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from typing import Any, Self
from weakref import ref

import structlog
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction

from bot.config import Config
from bot.db.bootstrap import bootstrap
from bot.db.check import check_isolation
from bot.db.ids import uuid_of
from bot.db.outage import FAILURES, is_lost, said
from bot.db.quick import DRIVER, QuickSession
from bot.db.session import COMMITTED
from bot.db.urls import connect_kwargs, normal_url
from bot.embedded.distribution import Progress
from bot.embedded.server import EmbeddedPostgres, quiet
from bot.errors import ConfigError, NoTenant

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

BIND = (
    "select set_config('app.tenant_id', $1, true), set_config('statement_timeout', '60s', true),"
    " set_config('lock_timeout', '20s', true), set_config('idle_in_transaction_session_timeout', '60s', true)"
)
"""Local to the transaction: a pool or PgBouncer can not carry it over to the next one."""


class TenantSession(Session):
    """The session inside every AsyncSession of ours: it refuses to begin without a tenant."""


@event.listens_for(TenantSession, "after_begin")
def _bind(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """Bind the transaction; this also opens it on the driver's connection, where jobs are enqueued."""
    if "tenant" not in session.info:
        raise NoTenant("A query was tried outside a tenant; use Database.tenant() or Database.system().")
    if not transaction.nested:
        connection.exec_driver_sql(BIND, (session.info["tenant"],))


@event.listens_for(TenantSession, "after_commit")
@event.listens_for(TenantSession, "after_rollback")
def _leave_driver(session: Session) -> None:
    """Nothing goes straight to the driver outside the transaction that was bound."""
    session.info.pop(DRIVER, None)


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
        self._reviving = asyncio.Lock()
        self.engine, self._inner = make_pool(url, pool_size), make_pool(url, INNER)
        self._ahead = make_pool(url, AHEAD)
        self._sessions, self._inner_sessions = make_sessions(self.engine), make_sessions(self._inner)
        self._sessions_ahead = make_sessions(self._ahead)

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
        sessions = self._sessions if outer is None or outer() is not me else self._inner_sessions
        sessions = self._sessions_ahead if ahead else sessions
        async with sessions(info={"tenant": tenant}) as session:
            with said(connecting=True):
                await self._begin(session)
            _inside.set(None if me is None else ref(me))
            try:
                with said():
                    yield session
            finally:
                _inside.set(outer)
            with said(saving=True):
                await session.commit()
        for do in session.info.get(COMMITTED, ()):
            do()

    async def _begin(self, session: QuickSession) -> None:
        """Open the driver's transaction; an embedded server that has died is started again first."""
        try:
            await _begin(session)
        except (*FAILURES, OSError):
            if not await self._revived():
                raise
            await session.rollback()
            await _begin(session)

    async def _revived(self) -> bool:
        """Start the embedded server again if it has died under us; say whether there was need to."""
        if self.server is None or await asyncio.to_thread(self.server.postmaster.alive):
            return False
        log.warning("embedded_server_died")
        async with self._reviving:
            await asyncio.to_thread(self.server.start)
        await self._dispose()
        return True

    async def close(self) -> None:
        """Give back every connection; the last process stops the embedded server."""
        await self._dispose()
        if self.server is not None:
            await asyncio.to_thread(self.server.stop)

    async def _dispose(self) -> None:
        await self.engine.dispose()
        await self._inner.dispose()
        await self._ahead.dispose()


def make_pool(url: URL, size: int) -> AsyncEngine:
    """Return a pool of connections as the runtime role."""
    return create_async_engine(
        url,
        pool_size=size,
        max_overflow=size,
        pool_timeout=POOL_TIMEOUT,
        pool_recycle=RECYCLE,
        hide_parameters=True,  # errors are logged, and rows have no business there
        connect_args={"timeout": CONNECT_TIMEOUT, "server_settings": {"application_name": "backhaul"}},
    )


def make_sessions(engine: AsyncEngine) -> async_sessionmaker[QuickSession]:
    """Return what makes sessions that refuse to begin without a tenant."""
    return async_sessionmaker(
        engine, class_=QuickSession, sync_session_class=TenantSession, expire_on_commit=False, autoflush=False
    )


def embedded_server(config: Config, on_progress: Progress = quiet) -> EmbeddedPostgres:
    """Return the embedded server this configuration describes, not yet started."""
    return EmbeddedPostgres(
        root=config.home / "pg",
        bindir=config.pg_bin,
        user=config.pg_user,
        portable_vector=config.pg_portable,
        on_progress=on_progress,
    )


async def _begin(session: QuickSession) -> None:
    """Open the driver's transaction now, not at the first statement; on a stale connection take another.

    Cheaper than a ping before every transaction, and as safe: nothing of the caller's ran yet.
    """
    try:
        await session.bind_driver()
    except FAILURES as error:
        if not is_lost(error):
            raise
        await session.rollback()
        await session.bind_driver()


def _checked(tenant_id: str) -> str:
    """Return the tenant's id in its usual spelling; anything else is refused before SQL sees it."""
    if (known := uuid_of(tenant_id)) is None:
        raise NoTenant("A query was tried outside a tenant.")
    return known
