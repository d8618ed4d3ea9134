"""Ids as people and systems hand them in: a UUID in its usual spelling, or none at all."""

from __future__ import annotations

from uuid import UUID


def uuid_of(words: str) -> str | None:
    """Return a UUID as PostgreSQL prints it; None for anything else, which can be the id of nothing.

    Cast the parameter, not the column (`id = cast(:id as uuid)`): only then the primary key is used.
    """
    try:
        return str(UUID(words))
    except (ValueError, TypeError, AttributeError):
        return None
