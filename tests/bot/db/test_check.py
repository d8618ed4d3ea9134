"""`backhaul check` finds what a database of yours lacks and gives the SQL that mends it."""

import asyncpg
import pytest

from bot.db import migrate
from bot.db.check import Finding, _extension, _version, check_isolation, find_faults, unreachable
from bot.db.urls import connect_kwargs, normal_url
from bot.errors import ConfigError, Unavailable
from tests.databases import TestServer, Urls


async def faults(url: str) -> dict[str, Finding]:
    return {one.name: one for one in await find_faults(url, migrate.heads()) if not one.ok}


async def run(server: TestServer, urls: Urls, sql: str) -> None:
    connection = await asyncpg.connect(**connect_kwargs(server.postgres.url(database=urls.name)))
    await connection.execute(sql)
    await connection.close()


async def test_a_sound_database_has_no_fault_and_says_what_was_seen(urls: Urls) -> None:
    found = await find_faults(urls.runtime, migrate.heads())
    assert all(one.ok for one in found)
    said = " ".join(one.says for one in found)
    assert "PostgreSQL 18." in said
    assert "vector 0.8" in said
    assert "backhaul_app" in said
    await check_isolation(urls.runtime)


async def test_a_superuser_is_refused(urls: Urls, server: TestServer) -> None:
    found = await faults(server.postgres.url(database=urls.name))
    assert "nosuperuser nobypassrls" in found["role"].mend
    assert found["role"].fatal
    assert "ownership" not in found, "nobody should reassign what the superuser owns"


@pytest.mark.parametrize(
    "way", ["alter role {role} bypassrls", "create role {role}_boss bypassrls; grant {role}_boss to {role}"]
)
async def test_a_role_that_may_bypass_is_refused_directly_or_through_another(
    urls: Urls, server: TestServer, way: str
) -> None:
    role = f"yours_{urls.name}"
    url = f"postgresql://{role}:p@/{urls.name}" + "?" + urls.runtime.partition("?")[2]
    await run(server, urls, f"create role {role} login password 'p'; {way.format(role=role)}")
    try:
        with pytest.raises(ConfigError, match="one tenant's data"):
            await check_isolation(url)
    finally:
        await run(server, urls, f"drop role {role}; drop role if exists {role}_boss")


async def test_a_role_that_owns_the_tables_is_warned_about(urls: Urls) -> None:
    found = await faults(urls.owner)
    assert list(found) == ["ownership"]
    assert not found["ownership"].fatal
    assert "DATABASE_OWNER_URL" in found["ownership"].mend
    await check_isolation(urls.owner)


async def test_a_missing_extension_and_missing_tables_are_named(empty_urls: Urls, server: TestServer) -> None:
    await run(server, empty_urls, "drop extension vector; drop extension pg_trgm")
    found = await faults(empty_urls.runtime)
    assert set(found) == {"extension vector", "extension pg_trgm", "tables"}
    assert "create extension vector;" in found["extension vector"].mend
    assert "backhaul migrate" in found["tables"].mend
    with pytest.raises(ConfigError, match="create extension vector"):
        await check_isolation(empty_urls.runtime)


async def test_older_tables_are_named(urls: Urls) -> None:
    found = {one.name: one for one in await find_faults(urls.runtime, ("9999",))}
    assert "needs 9999" in found["tables"].says
    assert found["tables"].mend == "Run: backhaul migrate"


async def test_a_table_whose_fence_was_taken_down_is_found(urls: Urls, server: TestServer) -> None:
    await run(server, urls, "alter table isp_customers no force row level security")
    found = await faults(urls.runtime)
    assert "isp_customers" in found["row security"].says
    assert "force row level security" in found["row security"].mend


async def test_tables_made_for_another_role_are_said(urls: Urls, server: TestServer) -> None:
    await run(server, urls, "revoke all on alembic_version from backhaul_app")
    assert "another role" in (await faults(urls.runtime))["tables"].says


def test_versions_too_old_are_refused() -> None:
    assert not _version(14, "14.9").ok
    assert _version(15, "15.18 (Debian 15.18-1)").ok
    assert not _extension("vector", (0, 7), "0.6.2").ok
    assert _extension("vector", (0, 7), "0.7.0").ok
    assert _extension("vector", (0, 7), "1.0").ok
    assert "alter extension vector update" in _extension("vector", (0, 7), "0.5.1").mend


@pytest.mark.parametrize(
    ("change", "says", "mend"),
    [
        (("{name}", "nosuch"), "There is no database nosuch at", "its name in DATABASE_URL"),
        (
            ("backhaul_app", "stranger"),
            "does not let the role stranger into the database {name}",
            "role or password",
        ),
        (
            ("host={host}", "host=/nowhere"),
            "No PostgreSQL listens at /nowhere",
            "Start it, or mend host and port",
        ),
        (("host={host}", "host=nohost.invalid"), "There is no host nohost.invalid.", "host's name"),
    ],
)
async def test_whoever_runs_it_is_told_what_keeps_it_from_the_database(
    urls: Urls, change: tuple[str, str], says: str, mend: str
) -> None:
    host = urls.runtime.partition("host=")[2].partition("&")[0]
    old, new = (part.format(name=urls.name, host=host) for part in change)
    url = urls.runtime.replace(old, new)
    assert url != urls.runtime
    (found,) = await find_faults(url, migrate.heads())
    assert says.format(name=urls.name) in found.says
    assert mend in found.mend
    assert found.fatal
    password = normal_url(urls.runtime).password
    assert password
    assert password not in found.says + found.mend
    with pytest.raises(Unavailable, match="DATABASE_URL"):
        await check_isolation(url)


async def test_a_silent_server_is_called_silent() -> None:
    found = unreachable(TimeoutError(), {"host": "db.acme.example", "port": 5432})
    assert found.says == "Nothing answers at db.acme.example:5432 within 10 s."
