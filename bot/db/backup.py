"""One file with everything the database holds, and the way back."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import asyncpg

from bot.config import Config
from bot.db import migrate
from bot.db.archive import DUMP, Manifest, read_archive, read_manifest, write_archive
from bot.db.bootstrap import DATABASE
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.db.outage import said
from bot.db.programs import Programs, find_programs
from bot.db.urls import connect_kwargs, role_of
from bot.embedded.distribution import Progress
from bot.embedded.server import quiet
from bot.errors import BadInput, ConfigError, Conflict

LEAVE_OUT = (" EXTENSION ", " COMMENT - EXTENSION ", " SCHEMA - public ", " COMMENT - SCHEMA ")
"""Entries of the dump that belong to the superuser; the target has its own."""

GRANTS = """
select format('grant %s on %s %s', string_agg(lower(acl.privilege_type), ', ' order by acl.privilege_type),
              case c.relkind when 'S' then 'sequence' else 'table' end, c.oid::regclass)
from pg_class c, aclexplode(c.relacl) acl
where c.relnamespace = 'public'::regnamespace and acl.grantee = $1::regrole
  and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
group by c.oid, c.relkind
union all
select format('grant execute on routine %s', p.oid::regprocedure)
from pg_proc p, aclexplode(p.proacl) acl
where p.pronamespace = 'public'::regnamespace and acl.grantee = $1::regrole
order by 1
"""
CLEAR = """
do $$
declare one text;
begin
    foreach one in array array(
        select format('drop %s if exists %s cascade', what, name) from (
            select case relkind when 'v' then 'view' when 'm' then 'materialized view'
                                when 'S' then 'sequence' else 'table' end as what,
                   oid, oid::regclass::text as name
            from pg_class where relkind in ('r', 'p', 'v', 'm', 'S') and relnamespace = 'public'::regnamespace
            union all
            select 'routine', oid, oid::regprocedure::text from pg_proc
            where pronamespace = 'public'::regnamespace
            union all
            select 'type', oid, oid::regtype::text from pg_type
            where typtype in ('e', 'd') and typnamespace = 'public'::regnamespace
        ) found
        where not exists (select from pg_depend d where d.objid = found.oid and d.deptype in ('e', 'i'))
    ) loop
        execute one;
    end loop;
end $$;
"""


async def backup(config: Config, path: Path, on_progress: Progress = quiet) -> Manifest:
    """Write the whole database to one new file; it appears complete or not at all.

    Sealed secrets stay sealed: keep the master key as well, elsewhere.
    """
    if await asyncio.to_thread(path.exists):
        raise Conflict(f"{path} already exists; choose another name.")
    async with _open(config) as database:
        reader = _reader_url(config, database)
        manifest, programs = await _describe(config, database, reader)
        with _scratch(path.parent) as scratch:
            on_progress("Reading the database")
            await programs.run(
                "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "-f", scratch / DUMP
            )
            on_progress("Writing the file")
            await asyncio.to_thread(write_archive, path, manifest, scratch / DUMP)
    return manifest


async def restore(
    config: Config, path: Path, on_progress: Progress = quiet, *, force: bool = False
) -> Manifest:
    """Put a backup into an empty database, all of it or nothing, and migrate it to this version.

    `force` replaces what is there. Raises Conflict when there is something, or when a bot is at work on it.
    """
    manifest = await asyncio.to_thread(read_manifest, path)
    _check_known(manifest)
    async with _open(config) as database:
        major = await _check_target(database.owner_url, force=force)
        programs = await find_programs(database.owner_url, major, _programs_of(database))
        with _scratch(Path(tempfile.gettempdir())) as scratch:
            on_progress("Reading the file")
            await asyncio.to_thread(read_archive, path, scratch / DUMP)
            await _write_scripts(programs, scratch, manifest, role_of(database.runtime_url))
            on_progress("Restoring the database")
            scripts = (
                "-f",
                scratch / "clear.sql",
                "-f",
                scratch / "restore.sql",
                "-f",
                scratch / "grant.sql",
            )
            await programs.run("psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", *scripts)
        on_progress("Bringing the tables to this version")
        await migrate.upgrade(database.owner_url, runtime_url=database.runtime_url)
    if manifest.key and manifest.key not in Cipher.from_config(config).keys:
        on_progress(
            f"The secrets in it were sealed with the key {manifest.key}, which is not here: "
            "restore master.key or add the key to BACKHAUL_KEY"
        )
    return manifest


@asynccontextmanager
async def _open(config: Config) -> AsyncIterator[Database]:
    database = await Database.open(config)
    try:
        yield database
    finally:
        await database.close()


@contextmanager
def _scratch(beside: Path) -> Iterator[Path]:
    """A private folder for what is half done."""
    if not beside.is_dir():
        raise BadInput(f"There is no folder {beside}.")
    folder = beside / f".backhaul-{secrets.token_hex(6)}"
    try:
        folder.mkdir(mode=0o700)
        yield folder
    except PermissionError as error:
        raise BadInput(f"{beside} can not be written to ({error.strerror}).") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reader_url(config: Config, database: Database) -> str:
    """Return the URL of a role that row-level security does not hold back."""
    if database.server is not None:
        return database.server.url(database=DATABASE)
    if config.database_backup_url is not None:
        return config.database_backup_url.get_secret_value()
    raise ConfigError(
        "DATABASE_BACKUP_URL is not set: a backup needs a role that reads every tenant. Run as a "
        "superuser: create role backhaul_backup login bypassrls password '…'; "
        "grant pg_read_all_data to backhaul_backup; and name the same database with this role there."
    )


def _programs_of(database: Database) -> Path | None:
    return None if database.server is None else database.server.programs


async def _describe(config: Config, database: Database, reader: str) -> tuple[Manifest, Programs]:
    with said(connecting=True):
        connection = await asyncpg.connect(**connect_kwargs(reader))
        try:
            if not await connection.fetchval(
                "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
            ):
                raise ConfigError("The role of DATABASE_BACKUP_URL lacks BYPASSRLS: it would leave rows out.")
            if await connection.fetchval("select to_regclass('public.tenants')") is None:
                raise Conflict("There is nothing to back up yet: the database was never migrated.")
            server = connection.get_server_version()
            grants = await connection.fetch(GRANTS, f'"{role_of(database.runtime_url)}"')
            manifest = Manifest(
                made_at=datetime.now(UTC),
                bot=_own_version(),
                postgres=connection.get_settings().server_version,
                revisions=tuple(
                    row[0]
                    for row in await connection.fetch("select version_num from alembic_version order by 1")
                ),
                tenants=await connection.fetchval("select count(*) from tenants"),
                key=Cipher.from_config(config).seals_with,
                grants=tuple(row[0] for row in grants),
            )
        finally:
            await connection.close()
    return manifest, await find_programs(reader, server.major, _programs_of(database))


def _check_known(manifest: Manifest) -> None:
    known = {revision.revision for revision in migrate.script().walk_revisions()}
    if unknown := set(manifest.revisions) - known:
        raise BadInput(
            f"This backup was made by a newer Backhaul ({manifest.bot}; tables "
            f"{', '.join(sorted(unknown))}). Install that version or a newer one first."
        )


async def _check_target(owner_url: str, *, force: bool) -> int:
    """Refuse to overwrite, or to pull the tables from under a bot; return the server's major version."""
    with said(connecting=True):
        connection = await asyncpg.connect(**connect_kwargs(owner_url))
        try:
            if await connection.fetchval("select to_regclass('public.tenants')") is not None and not force:
                tenants = await connection.fetchval("select count(*) from tenants")
                if tenants:
                    raise Conflict(
                        f"The database already holds {tenants} tenant(s). Restore into an empty one, "
                        "or use --force to replace everything in it."
                    )
            others = await connection.fetchval(
                "select count(*) from pg_stat_activity where datname = current_database()"
                " and pid <> pg_backend_pid() and application_name = 'backhaul'"
            )
            if others:
                raise Conflict(f"A bot is at work on this database ({others} connections): stop it first.")
            return int(connection.get_server_version().major)
        finally:
            await connection.close()


async def _write_scripts(programs: Programs, scratch: Path, manifest: Manifest, runtime: str) -> None:
    """Prepare one transaction: clear, restore, grant."""
    listed = await programs.run("pg_restore", "--list", scratch / DUMP)
    kept = [line for line in listed.splitlines() if not any(mark in line for mark in LEAVE_OUT)]
    (scratch / "list").write_text("\n".join(kept) + "\n")
    await programs.run(
        *("pg_restore", "--no-owner", "--no-privileges", "-L", scratch / "list"),
        *("-f", scratch / "restore.sql", scratch / DUMP),
    )
    (scratch / "clear.sql").write_text(CLEAR)
    granted = [f'{grant} to "{runtime}";' for grant in manifest.grants]
    (scratch / "grant.sql").write_text("\n".join(["set search_path = public;", GRANT_NOTHING, *granted, ""]))


GRANT_NOTHING = """
do $$
declare who regrole; one regclass;
begin
    -- Default privileges gave the runtime role more than each migration left it; begin from nothing.
    for who, one in select distinct acl.grantee::regrole, c.oid::regclass
        from pg_class c, aclexplode(c.relacl) acl
        where c.relnamespace = 'public'::regnamespace and acl.grantee not in (0, c.relowner)
          and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e') loop
        execute format('revoke all on %s from %s', one, who);
    end loop;
end $$;
"""


def _own_version() -> str:
    try:
        return version("backhaul")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "unknown"
