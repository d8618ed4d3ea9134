"""The name by which rooms that write no SQL speak of an open tenant transaction."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncSession as Session

__all__ = ["Session", "after_commit"]

COMMITTED = "committed"


def after_commit(session: Session, do: Callable[[], object]) -> None:
    """Have something done right after the transaction is committed; never, when it is not."""
    session.info.setdefault(COMMITTED, []).append(do)
