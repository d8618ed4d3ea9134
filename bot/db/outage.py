"""Database failures, in words: what happened, whether anything was changed, what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import BotError, Conflict, DatabaseBusy, OutcomeUnknown, Unavailable

log = structlog.get_logger(__name__)

NOTHING = "nothing was changed"
GONE = (
    f"The database does not answer; {NOTHING}. Try again in a minute; if it lasts, tell your administrator."
)
UNSURE = (
    "The database stopped answering while it was saving, so the change may or may not have been kept. "
    "Look before you try again."
)
BUSY = f"The database is busy; {NOTHING}. Try again in a moment."
RENEWED = f"The database was brought up to date at this moment; {NOTHING}. Try again."
FAILURES = (
    DBAPIError,
    PoolTimeout,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what asyncpg says when a server dies in the middle of an answer
)
WORDS = {
    "53100": f"The database's disk is full; {NOTHING}. Tell your administrator: it needs space.",
    "53200": f"The database is out of memory; {NOTHING}. Try again in a minute.",
    "53300": f"The database has no free connection; {NOTHING}. Try again in a moment.",
    "57014": f"The database took too long over this; {NOTHING}. Ask for less at once, or try again later.",
    "55P03": f"Somebody else is changing the same records right now; {NOTHING}. Try again in a moment.",
    "25P03": f"The database gave up on a transaction that stood still; {NOTHING}. Try again.",
    "25006": f"The database takes no changes at the moment; {NOTHING}. Try again in a minute.",
}
OUTDATED = (asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError)
"""Once for each connection that knew a table as it was before an upgrade."""
SOON = frozenset({"53200", "53300", "25006"})
"""What passes by itself."""
CLASHES = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock: somebody else won."""
GONE_CLASSES = ("08", "57P", "58030")
"""Connection lost, server shutting down, disk failing."""
BUSY_CLASSES = ("53",)
REFUSED = ("28", "3D")
"""Wrong role, password or database name."""


@contextmanager
def said(*, connecting: bool = False, saving: bool = False) -> Iterator[None]:
    """Turn database failures inside into a UserError that says so; let every other error pass.

    `connecting` counts operating system errors as the database's. `saving` marks the commit: a connection
    lost there leaves the outcome unknown.
    """
    try:
        yield
    except BotError:
        raise
    except (*FAILURES, OSError) as error:
        if isinstance(error, OSError) and not (connecting or saving):
            raise  # of whatever the caller does in there
        if spoken := words_for(error, connecting=connecting, saving=saving):
            log.warning(
                "database_failed", error=type(error).__name__, sqlstate=sqlstate(error), saving=saving
            )
            raise spoken from error
        raise


def words_for(error: BaseException, *, connecting: bool = False, saving: bool = False) -> BotError | None:
    """Return what to say about a failure; None when it is no outage but a mistake of the caller's."""
    code = sqlstate(error)
    if code in CLASHES:
        return Conflict(f"Somebody else changed the same records at the same moment; {NOTHING}. Try again.")
    if code in WORDS:
        return (DatabaseBusy if code in SOON else Unavailable)(WORDS[code])
    outdated = isinstance(getattr(error, "orig", None) or error.__cause__ or error, OUTDATED)
    if outdated or isinstance(error, PoolTimeout) or code.startswith(BUSY_CLASSES):
        return DatabaseBusy(RENEWED if outdated else BUSY)
    if connecting and (isinstance(error, OSError) or code.startswith(REFUSED)):
        return DatabaseBusy(GONE)
    if code.startswith(GONE_CLASSES) or is_lost(error):
        return OutcomeUnknown(UNSURE) if saving else DatabaseBusy(GONE)
    return None


def sqlstate(error: BaseException | None) -> str:
    """Return PostgreSQL's five-letter code of a failure, or "" ."""
    while error is not None:
        if code := getattr(error, "sqlstate", None):
            return str(code)
        error = getattr(error, "orig", None) or error.__cause__
    return ""


def is_lost(error: BaseException | None) -> bool:
    """Say whether the connection went away under the statement."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    while error is not None:
        if isinstance(error, ConnectionError | asyncio.TimeoutError | asyncpg.InternalClientError):
            return True
        if isinstance(error, asyncpg.InterfaceError) and "closed" in str(error):
            return True
        error = getattr(error, "orig", None) or error.__cause__
    return False
