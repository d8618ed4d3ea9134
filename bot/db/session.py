"""The name by which rooms that write no SQL speak of an open tenant transaction."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession as Session

__all__ = ["Session"]
