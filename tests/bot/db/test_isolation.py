"""A walk through the catalogue: no table lets a tenant, or nobody, see what is another's."""

from dataclasses import dataclass

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from bot.contract.people import Tenant
from bot.db.bootstrap import OWNER, RUNTIME
from bot.db.database import Database
from bot.db.urls import connect_kwargs
from tests.databases import TestServer, Urls

WITHOUT_TENANT = {
    "alembic_version": "the revision; the bot only reads it",
    "jobs": "pgqueuer's own: ids and a tenant's name, no customer data; the scheduler sees all",
    "job_log": "pgqueuer's own",
    "job_statistics": "pgqueuer's own",
    "job_timers": "pgqueuer's own",
    "beats": "when each process-wide rhythm last fired: a name and a number",
    "tenants": "a directory; its own id is the tenant",
}
"""Tables without a fenced tenant_id, and why that is right. A new one has to be argued for here."""

BOUND = "( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid"


@dataclass(frozen=True)
class Table:
    name: str
    columns: frozenset[str]
    enabled: bool
    forced: bool
    owner: str
    policies: tuple[tuple[str, str, str | None, str | None], ...]
    key: tuple[str, ...]
    indexes: tuple[tuple[str, str, tuple[str, ...]], ...]

    @property
    def directory(self) -> bool:
        return any(name == "directory" for name, *_ in self.policies)


@pytest.fixture
async def tables(urls: Urls, server: TestServer) -> list[Table]:
    connection = await asyncpg.connect(**connect_kwargs(server.postgres.url(database=urls.name)))
    rows = await connection.fetch(
        """
        select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner::regrole::text as owner,
               (select array_agg(attname::text) from pg_attribute a where a.attrelid = c.oid and attnum > 0 and not attisdropped) as columns
        from pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace = 'public'::regnamespace
          and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e') order by 2
        """
    )
    found = []
    for row in rows:
        policies = await connection.fetch(
            "select policyname, cmd, qual, with_check from pg_policies where tablename = $1 order by 1",
            row["relname"],
        )
        indexes = await connection.fetch(
            """
            select i.indexrelid::regclass::text as name, am.amname, i.indisprimary,
                   (select array_agg(coalesce(a.attname, '') order by k.n) from unnest(i.indkey) with ordinality k(col, n)
                    left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.col and k.col > 0)::text[] as columns
            from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am am on am.oid = c.relam where i.indrelid = $1
            """,
            row["oid"],
        )
        found.append(
            Table(
                row["relname"],
                frozenset(row["columns"]),
                row["relrowsecurity"],
                row["relforcerowsecurity"],
                row["owner"],
                tuple(tuple(p) for p in policies),
                next((tuple(i["columns"]) for i in indexes if i["indisprimary"]), ()),
                tuple((i["name"], i["amname"], tuple(i["columns"])) for i in indexes),
            )
        )
    await connection.close()
    return found


async def test_every_table_belongs_to_a_tenant_or_says_why_not(tables: list[Table]) -> None:
    strange = {table.name for table in tables if "tenant_id" not in table.columns} - set(WITHOUT_TENANT)
    assert not strange, "give it a tenant_id and protect() it, or argue for it in WITHOUT_TENANT"
    assert {table.name for table in tables} >= {"tenants", "isp_customers", "calls", "audit"}


async def test_every_tenant_table_is_fenced_even_for_its_owner(tables: list[Table]) -> None:
    for table in tables:
        if table.name == "tenants" or table.name not in WITHOUT_TENANT:
            assert table.enabled, table.name
            assert table.forced, table.name
            assert table.owner == OWNER, table.name


async def test_every_policy_is_the_one_we_know(tables: list[Table]) -> None:
    for table in tables:
        if table.name in WITHOUT_TENANT and table.name != "tenants":
            continue
        column = "id" if table.name == "tenants" else "tenant_id"
        policies = {name: (cmd, using, check) for name, cmd, using, check in table.policies}
        cmd, using, check = policies.pop("tenant")
        assert cmd == "ALL", table.name
        assert using == check, table.name
        assert using.startswith(f"({column} = {BOUND}"), (table.name, using)
        assert " OR " not in using, table.name
        if directory := policies.pop("directory", None):
            cmd, using, check = directory
            assert (cmd, check) == ("SELECT", None), table.name
            assert using.startswith(f"({BOUND}"), table.name
            assert using.endswith("IS NULL)"), table.name
        assert not policies, f"{table.name}: another policy could let more in"


async def test_keys_and_indexes_begin_with_the_tenant(tables: list[Table]) -> None:
    for table in tables:
        if table.name in WITHOUT_TENANT or table.directory:
            continue
        assert table.key[:1] in {(), ("tenant_id",)}, table.name
        assert any(columns[0] == "tenant_id" for _, _, columns in table.indexes), (
            f"{table.name}: the fence needs an index"
        )
        for name, method, columns in table.indexes:
            assert method != "btree" or columns[0] == "tenant_id", name


async def test_foreign_keys_between_tenant_tables_carry_the_tenant(urls: Urls, tables: list[Table]) -> None:
    fenced = {table.name for table in tables if "tenant_id" in table.columns}
    connection = await asyncpg.connect(**connect_kwargs(urls.owner))
    keys = await connection.fetch(
        "select conrelid::regclass::text, confrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint where contype = 'f'"
    )
    await connection.close()
    assert keys
    for here, there, definition in keys:
        if here in fenced and there in fenced:
            assert (
                definition.startswith("FOREIGN KEY (tenant_id,") or "(tenant_id) REFERENCES" in definition
            ), (here, definition)
            assert f"REFERENCES {there}(tenant_id" in definition, (here, definition)


async def test_the_runtime_role_is_below_everything(urls: Urls, server: TestServer) -> None:
    connection = await asyncpg.connect(**connect_kwargs(server.postgres.url(database=urls.name)))
    role = await connection.fetchrow(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles where rolname = $1",
        RUNTIME,
    )
    assert not any(role)
    assert (
        await connection.fetchval("select count(*) from pg_auth_members where member = $1::regrole", RUNTIME)
        == 0
    )
    assert (
        await connection.fetchval("select count(*) from pg_class where relowner = $1::regrole", RUNTIME) == 0
    )
    more = await connection.fetch(
        "select c.relname, acl.privilege_type from pg_class c, aclexplode(c.relacl) acl"
        " where acl.grantee in ($1::regrole, 0) and c.relnamespace = 'public'::regnamespace"
        " and acl.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'USAGE')",
        RUNTIME,
    )
    assert more == []
    await connection.close()


async def test_functions_that_run_as_their_owner_fix_their_search_path(urls: Urls) -> None:
    connection = await asyncpg.connect(**connect_kwargs(urls.owner))
    rows = await connection.fetch(
        "select proname, coalesce(array_to_string(proconfig, ','), '') as settings from pg_proc p"
        " where prosecdef and pronamespace = 'public'::regnamespace"
        " and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')"
    )
    await connection.close()
    for name, settings in rows:
        assert "search_path=" in settings, name


async def fill(urls: Urls, server: TestServer, tables: list[Table], tenant: Tenant) -> set[str]:
    """Put one row of the tenant into every table that takes made-up values; return the tables that did."""
    connection = await asyncpg.connect(**connect_kwargs(server.postgres.url(database=urls.name)))
    await connection.execute("set session_replication_role = replica")  # no foreign keys, no triggers
    filled = set()
    for table in tables:
        columns = await connection.fetch(
            """
            select a.attname, format_type(a.atttypid, a.atttypmod) as kind, t.typtype, t.typelem <> 0 and t.typlen = -1 as many,
                   (select enumlabel from pg_enum where enumtypid = a.atttypid limit 1) as label
            from pg_attribute a join pg_type t on t.oid = a.atttypid
            where a.attrelid = $1::regclass and attnum > 0 and not attisdropped and attnotnull and attgenerated = '' and attidentity = ''
              and (attname in ('tenant_id', 'id') or not atthasdef)
            """,
            table.name,
        )
        if "tenant_id" not in table.columns or table.name in WITHOUT_TENANT:
            continue
        values = {c["attname"]: made_up(c, tenant) for c in columns}
        values["tenant_id"] = f"'{tenant.id}'"
        checks = await connection.fetch(
            "select conname from pg_constraint where conrelid = $1::regclass and contype = 'c'", table.name
        )
        async with connection.transaction():
            for (check,) in checks:  # they say nothing about tenants
                await connection.execute(f'alter table {table.name} drop constraint "{check}"')
            await connection.execute(
                f"insert into {table.name} ({', '.join(values)}) values ({', '.join(values.values())})"
            )
        filled.add(table.name)
    await connection.close()
    return filled


def made_up(column: asyncpg.Record, tenant: Tenant) -> str:
    kind = column["kind"]
    if column["label"]:
        return f"'{column['label']}'"
    if kind == "uuid":
        return f"'{tenant.id}'"
    if kind.endswith("[]"):
        return "'{}'"
    if kind.startswith(("halfvec", "vector")):
        size = int(kind.partition("(")[2].rstrip(")") or 3)
        return f"'[{','.join(['1'] * size)}]'"
    words = {
        "jsonb": "'{}'",
        "json": "'{}'",
        "boolean": "true",
        "bytea": "'x'",
        "date": "'2026-01-01'",
        "inet": "'10.0.0.1'",
        "cidr": "'10.0.0.0/8'",
        "macaddr": "'00:00:00:00:00:01'",
        "interval": "'1 day'",
        "tsvector": "'x'",
        "double precision": "1",
        "real": "1",
        "timestamp with time zone": "now()",
        "numeric": "1",
        "bigint": "1",
        "integer": "1",
        "smallint": "1",
    }
    return words.get(kind.partition("(")[0], f"'{tenant.slug}'")


async def test_each_tenant_sees_its_own_rows_of_every_table_and_nobody_sees_any(
    urls: Urls,
    server: TestServer,
    tables: list[Table],
    database: Database,
    tenant: Tenant,
    other_tenant: Tenant,
) -> None:
    filled = await fill(urls, server, tables, tenant)
    assert filled == {t.name for t in tables if "tenant_id" in t.columns and t.name not in WITHOUT_TENANT}
    assert len(filled) > 20
    directories = {table.name for table in tables if table.directory}
    for name in sorted(filled):
        count = text(f"select count(*) from {name}")
        async with database.tenant(tenant.id) as session:
            assert (await session.execute(count)).scalar_one() == 1, name
        async with database.tenant(other_tenant.id) as session:
            assert (await session.execute(count)).scalar_one() == 0, name
        async with database.system() as session:
            assert (await session.execute(count)).scalar_one() == (1 if name in directories else 0), name


async def test_nobody_changes_or_deletes_rows_of_another_in_any_table(
    urls: Urls,
    server: TestServer,
    tables: list[Table],
    database: Database,
    tenant: Tenant,
    other_tenant: Tenant,
) -> None:
    filled = await fill(urls, server, tables, tenant)
    for name in sorted(filled):
        for opened in (database.tenant(other_tenant.id), database.system()):
            async with opened as session:
                for right, statement in (
                    ("update", f"update {name} set tenant_id = tenant_id returning 1"),
                    ("delete", f"delete from {name} returning 1"),
                ):
                    if (
                        await session.execute(text(f"select has_table_privilege('{name}', '{right}')"))
                    ).scalar_one():
                        assert (await session.execute(text(statement))).all() == [], name


async def test_no_row_is_written_for_another_tenant(
    database: Database, tables: list[Table], tenant: Tenant, other_tenant: Tenant
) -> None:
    tried = 0
    for table in tables:
        if "tenant_id" not in table.columns or table.name in WITHOUT_TENANT:
            continue
        for opened in (database.tenant(other_tenant.id), database.system()):
            with pytest.raises(ProgrammingError, match=r"row-level security|permission denied"):
                async with opened as session:
                    await session.execute(
                        text(f"insert into {table.name} (tenant_id) values (cast(:t as uuid))"),
                        {"t": tenant.id},
                    )
        tried += 1
    assert tried > 20


async def test_a_row_is_not_handed_over_to_another_tenant(
    database: Database, tenant: Tenant, other_tenant: Tenant
) -> None:
    async with database.tenant(tenant.id) as session:
        await session.execute(
            text("insert into isp_customers (tenant_id, number, name) values (cast(:t as uuid), '1', 'Ana')"),
            {"t": tenant.id},
        )
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.tenant(tenant.id) as session:
            await session.execute(
                text("update isp_customers set tenant_id = cast(:t as uuid)"), {"t": other_tenant.id}
            )
