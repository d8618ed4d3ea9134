"""Roles, database, extensions and privileges of the embedded server; safe to run at every start."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg

from bot.db.urls import connect_kwargs
from bot.embedded.server import EmbeddedPostgres

OWNER, RUNTIME = "backhaul_owner", "backhaul_app"
DATABASE = "backhaul"
EXTENSIONS = ("vector", "pg_trgm", "unaccent", "btree_gin")
BOOT_LOCK = 723401
"""Advisory lock held while roles and databases are made: several processes may start at once."""


async def bootstrap(server: EmbeddedPostgres, database: str = DATABASE) -> tuple[str, str]:
    """Make what is missing and return (owner URL, runtime URL)."""
    connection = await asyncpg.connect(**connect_kwargs(server.url()))
    try:
        await connection.execute(f"select pg_advisory_lock({BOOT_LOCK})")  # released on close
        for role in (OWNER, RUNTIME):
            await _ensure_role(connection, role, await asyncio.to_thread(server.cluster.password, role))
        if not await connection.fetchval("select 1 from pg_database where datname = $1", database):
            await connection.execute(f'create database "{database}" owner "{OWNER}"')
        await furnish(connect_kwargs(server.url(database=database)))
    finally:
        await connection.close()
    return server.url(OWNER, database), server.url(RUNTIME, database)


async def furnish(superuser: Mapping[str, Any]) -> None:
    """Create the extensions in one database and say what the runtime role may do in it."""
    connection = await asyncpg.connect(**superuser)
    try:
        there = {row[0] for row in await connection.fetch("select name from pg_available_extensions")}
        for name in EXTENSIONS:
            if name == "vector" or name in there:  # some builds have no contrib modules
                await connection.execute(f'create extension if not exists "{name}"')
                await connection.execute(
                    f'alter extension "{name}" update'
                )  # after a new version of the wheel
        await connection.execute("revoke create on schema public from public")
        for statement in defaults(OWNER, RUNTIME):
            await connection.execute(statement)
    finally:
        await connection.close()


def defaults(owner: str, runtime: str) -> tuple[str, ...]:
    """Return the statements that let the runtime role use the rows of tables to come, and nothing else.

    A migration may take some of it back for its own tables; so this is never granted again afterwards.
    """
    coming = f'alter default privileges for role "{owner}" in schema public'
    return (
        f'grant usage on schema public to "{runtime}"',
        f'{coming} grant select, insert, update, delete on tables to "{runtime}"',
        f'{coming} grant usage, select on sequences to "{runtime}"',
    )


async def _ensure_role(connection: asyncpg.Connection, role: str, password: str) -> None:
    """The password file is the truth; setting it again is cheap and heals a restored data folder."""
    if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
        await connection.execute(f'create role "{role}"')
    quoted = await connection.fetchval("select quote_literal($1)", password)
    await connection.execute(
        f'alter role "{role}" login nosuperuser nobypassrls nocreatedb nocreaterole noreplication '
        f"password {quoted}"
    )
