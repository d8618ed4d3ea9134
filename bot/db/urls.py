"""Database URLs: one spelling inside the bot, and the same as arguments for raw asyncpg connections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import ConfigError

NOT_FOR_DRIVER = ("prepared_statement_cache_size", "prepared_statement_name_func", "async_fallback")
LIBPQ_NAMES = {"sslmode": "ssl", "connect_timeout": "timeout"}


NUMBERS: Mapping[str, Callable[[Any], float]] = {
    "timeout": float,
    "command_timeout": float,
    "statement_cache_size": int,
}


def normal_url(url: str) -> URL:
    """Return the URL with our driver and in asyncpg's words; what psql takes is taken here too."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise ConfigError(
            "DATABASE_URL is not a URL such as postgresql://role:password@host:5432/backhaul."
        ) from None
    query = {LIBPQ_NAMES.get(name, name): value for name, value in parsed.query.items()}
    return parsed.set(drivername="postgresql+asyncpg", query=query)


def connect_kwargs(url: str) -> dict[str, Any]:
    """Return the arguments of `asyncpg.connect` for a URL."""
    dialect: Any = asyncpg_dialect
    _, arguments = dialect().create_connect_args(normal_url(url))
    kept = {name: value for name, value in arguments.items() if name not in NOT_FOR_DRIVER}
    return {**kept, **numbers_in(kept)}


def numbers_in(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of a URL's arguments that the driver wants as numbers; ConfigError for what is none.

    `statement_cache_size=0` is for a PgBouncer that pools transactions and keeps no prepared statements.
    """
    found = dict[str, Any]()
    for name, number in NUMBERS.items():
        if name in arguments:
            try:
                found[name] = number(arguments[name])
            except ValueError:
                raise ConfigError(f"DATABASE_URL: {name} has to be a number.") from None
    return found


def role_of(url: str) -> str:
    """Return the role a URL connects as."""
    return normal_url(url).username or ""
