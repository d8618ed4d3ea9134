"""Says that something went wrong that will be tried again."""

from __future__ import annotations

import structlog

log = structlog.get_logger(__name__)


def warn(event: str, error: BaseException, **ids: object) -> None:
    """Log it with where it happened."""
    log.warning(event, exc_info=error, **ids)
