"""What the database must have and the bot's role must lack, with the SQL that mends it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from bot.db.outage import FAILURES, said, sqlstate
from bot.db.urls import connect_kwargs
from bot.errors import ConfigError, Unavailable

TIMEOUT = 10.0
POSTGRES = 15
BEFORE_ALL = ("version", "extension vector", "role")
"""What no migration can mend, and without which tenants' rows are not kept apart or found."""
EXTENSIONS = {"vector": (0, 7), "pg_trgm": (1, 0)}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at. `mend` says what to do, as SQL where there is some; empty when all is well."""

    name: str
    says: str
    mend: str = ""
    fatal: bool = True

    @property
    def ok(self) -> bool:
        """Whether nothing has to be done."""
        return not self.mend


async def find_faults(runtime_url: str, heads: Sequence[str]) -> Sequence[Finding]:
    """Look at everything the bot needs of its database, as the role it works as.

    `heads` are the revisions this version of the bot needs (`bot.db.migrate.heads()`).
    """
    connection = await _connect(runtime_url)
    if isinstance(connection, Finding):
        return [connection]
    with said(connecting=True):
        try:
            first = [finding async for finding in _look(connection)]
            return [*first, await _revision(connection, tuple(heads)), await _unprotected(connection)]
        finally:
            await connection.close()


async def check_isolation(runtime_url: str) -> None:
    """Refuse a database the bot can not work on, and a role that sees every tenant's rows."""
    connection = await _connect(runtime_url)
    if isinstance(connection, Finding):
        raise Unavailable(f"{connection.says} {connection.mend}")
    with said(connecting=True):
        try:
            found = [finding async for finding in _look(connection)]
        finally:
            await connection.close()
    if faults := [one for one in found if one.name in BEFORE_ALL and not one.ok]:
        raise ConfigError("\n".join(f"{fault.says} {fault.mend}" for fault in faults))


async def _connect(url: str) -> asyncpg.Connection | Finding:
    """Return a connection, or what keeps us from one."""
    arguments = connect_kwargs(url)
    try:
        return await asyncpg.connect(**{"timeout": TIMEOUT, **arguments})
    except (*FAILURES, OSError, ValueError) as error:  # ValueError: a host name nobody can have
        return unreachable(error, arguments)


def unreachable(error: BaseException, at: Mapping[str, Any]) -> Finding:
    """Say, to whoever runs the bot, what keeps us from a database; `at` is how we tried to connect."""
    where = f"{at.get('host') or 'localhost'}:{at.get('port') or 5432}"
    role, database, code = at.get("user") or "?", at.get("database") or "?", sqlstate(error)
    if code == "3D000":
        says, mend = f"There is no database {database} at {where}.", "Create it, or mend its name in"
    elif code.startswith("28"):
        says = f"The server at {where} does not let the role {role} into the database {database}."
        mend = "Mend role or password (or the server's pg_hba.conf) in"
    elif isinstance(error, socket.gaierror | UnicodeError):
        says, mend = f"There is no host {at.get('host')}.", "Mend the host's name in"
    elif isinstance(error, TimeoutError):
        says = f"Nothing answers at {where} within {TIMEOUT:.0f} s."
        mend = "Look whether a firewall lies between, and mend host and port in"
    elif isinstance(error, ConnectionError | FileNotFoundError):
        says, mend = f"No PostgreSQL listens at {where}.", "Start it, or mend host and port in"
    else:
        reason = f"{type(error).__name__} {code}".strip()
        says, mend = f"The database at {where} cannot be reached ({reason}).", "Look at its log; mend"
    return Finding(name="connection", says=says, mend=f"{mend} DATABASE_URL.")


async def _look(connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    yield _version(connection.get_server_version().major, connection.get_settings().server_version)
    installed = dict(await connection.fetch("select extname, extversion from pg_extension"))
    for name, needed in EXTENSIONS.items():
        yield _extension(name, needed, installed.get(name))
    yield await _role(connection)
    yield await _ownership(connection)


def _version(major: int, full: str) -> Finding:
    says = f"PostgreSQL {full}."
    if major >= POSTGRES:
        return Finding(name="version", says=says)
    return Finding(
        name="version", says=says, mend=f"Backhaul needs PostgreSQL {POSTGRES} or newer: upgrade it."
    )


def _extension(name: str, needed: tuple[int, ...], found: str | None) -> Finding:
    label, wanted = f"extension {name}", ".".join(map(str, needed))
    if found is None:
        first = "Install the server's pgvector package, then run" if name == "vector" else "Run"
        return Finding(
            name=label,
            says=f"The extension {name} is missing.",
            mend=f"{first} as a superuser in this database: create extension {name};",
        )
    if tuple(int(part) for part in found.split(".")[: len(needed)]) < needed:
        return Finding(
            name=label,
            says=f"The extension {name} is {found}, and {wanted} or newer is needed.",
            mend=f"Install a newer one, then run as a superuser here: alter extension {name} update;",
        )
    return Finding(name=label, says=f"{name} {found}.")


async def _role(connection: asyncpg.Connection) -> Finding:
    row = await connection.fetchrow(
        "select rolname, rolsuper or rolbypassrls or exists ("
        " select from pg_roles r where (r.rolsuper or r.rolbypassrls)"
        " and pg_has_role(current_user, r.oid, 'member')"
        ") as above from pg_roles where rolname = current_user"
    )
    if not row["above"]:
        return Finding(name="role", says=f"The role {row['rolname']} is held to one tenant at a time.")
    return Finding(
        name="role",
        says=f"The role {row['rolname']} is a superuser or may bypass row-level security, so nothing "
        "would keep one tenant's data from another's.",
        mend=f'Run as a superuser: alter role "{row["rolname"]}" nosuperuser nobypassrls; and take it '
        "out of every role that is either. Or name another role in DATABASE_URL.",
    )


async def _ownership(connection: asyncpg.Connection) -> Finding:
    row = await connection.fetchrow(
        "select current_user as me, count(*) as owned, min(c.relname) as one from pg_class c"
        " where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace"
        " and pg_has_role(current_user, c.relowner, 'usage')"
        " and not (select rolsuper from pg_roles where rolname = current_user)"  # said already
    )
    if not row["owned"]:
        return Finding(name="ownership", says=f"The role {row['me']} owns no table.")
    return Finding(
        name="ownership",
        says=f"The role {row['me']} owns {row['owned']} tables ({row['one']} for one), "
        "so a fault in the bot could alter or drop them.",
        mend="Give them to a role of their own, name it in DATABASE_OWNER_URL and migrate with it. Run as a "
        f'superuser: create role backhaul_owner login; reassign owned by "{row["me"]}" to backhaul_owner;',
        fatal=False,
    )


async def _revision(connection: asyncpg.Connection, wanted: tuple[str, ...]) -> Finding:
    if await connection.fetchval("select to_regclass('public.alembic_version')") is None:
        return Finding(name="tables", says="There are no tables yet.", mend="Run: backhaul migrate")
    try:
        rows = await connection.fetch("select version_num from public.alembic_version order by 1")
    except asyncpg.InsufficientPrivilegeError:
        return Finding(
            name="tables",
            says="The role may not read the tables: they were made for another role.",
            mend="Make it a member of that role, as a superuser: grant <that role> to <this role>;",
        )
    found = tuple(row[0] for row in rows)
    if found == wanted:
        return Finding(name="tables", says=f"The tables are at {', '.join(found)}, the newest.")
    return Finding(
        name="tables",
        says=f"The tables are at {', '.join(found) or 'no version'}; this bot needs {', '.join(wanted)}.",
        mend="Run: backhaul migrate",
    )


async def _unprotected(connection: asyncpg.Connection) -> Finding:
    """Look for tables with a tenant_id and without forced row-level security."""
    rows = await connection.fetch(
        "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where a.attname = 'tenant_id' and c.relkind in ('r', 'p') and not a.attisdropped"
        " and c.relnamespace = 'public'::regnamespace"
        " and not (c.relrowsecurity and c.relforcerowsecurity) order by 1"
    )
    names = [row[0] for row in rows]
    if not names:
        return Finding(name="row security", says="Every tenant table has forced row-level security.")
    return Finding(
        name="row security",
        says=f"Tables without forced row-level security: {', '.join(names)}.",
        mend=" ".join(
            f"alter table {name} enable row level security; alter table {name} force row level security;"
            for name in names
        )
        + " Then look who turned it off.",
    )
