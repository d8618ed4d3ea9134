"""What nobody foresaw, told to the log once: its kind and place, and an id where a person hears of it too."""

from __future__ import annotations

import secrets

import structlog

log = structlog.get_logger(__name__)


def warn(event: str, error: BaseException, **ids: object) -> None:
    """Log what went wrong and will be tried again, or does no harm."""
    log.warning(event, exc_info=error, **ids)


def incident(event: str, error: BaseException, **ids: object) -> str:
    """Log what went wrong under a fresh id, and return the id for people to quote."""
    number = secrets.token_hex(3)
    log.error(event, incident=number, exc_info=error, **ids)
    return number
