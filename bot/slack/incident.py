"""Something went wrong that nobody foresaw: logged once with an id, and the id is what people see."""

from __future__ import annotations

import secrets

import structlog

log = structlog.get_logger(__name__)


def incident(what: str, error: BaseException, **ids: object) -> str:
    """Log an error with its trace and return the id to quote."""
    number = secrets.token_hex(3)
    log.error(what, incident=number, exc_info=error, **ids)
    return number
