"""The revisions as files: named after what they are, undoable, and run as plain SQL."""

import ast
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

import migrations
from bot.db import migrate
from bot.db.urls import connect_kwargs
from bot.errors import ConfigError
from tests.databases import Urls

VERSIONS = sorted((Path(migrations.__file__).parent / "versions").glob("*.py"))


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_revision_is_named_after_its_file_and_can_be_undone(path: Path) -> None:
    tree = ast.parse(path.read_text())
    names = {node.targets[0].id: node.value for node in tree.body if isinstance(node, ast.Assign)}
    assert path.name.startswith(f"{ast.literal_eval(names['revision'])}_")
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for name in ("upgrade", "downgrade"):
        does = [
            node
            for node in functions[name].body
            if not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call)
        ]
        assert does, f"{name} does nothing"


def test_every_file_is_part_of_the_history() -> None:
    known = {Path(one.path).name for one in migrate.script().walk_revisions()}
    assert known == {path.name for path in VERSIONS}


async def test_a_failing_revision_leaves_nothing_of_itself(
    empty_urls: Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several statements in one string, a colon, a percent sign; and the second revision fails half way."""
    folder = tmp_path / "50% done"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text((migrate.FOLDER / "env.py").read_text())
    head = '"""A."""\nfrom alembic import op\n'
    (folder / "versions" / "1.py").write_text(
        f"{head}revision, down_revision = '1', None\ndef upgrade():\n"
        "    op.execute(\"create table a (x text default 'a:b 100%'); comment on table a is ':y'; insert into a default values\")\n"
    )
    (folder / "versions" / "2.py").write_text(
        f"{head}revision, down_revision = '2', '1'\ndef upgrade():\n"
        "    op.execute('create table b (x int); insert into b values (1)')\n    op.execute('select no_such_column')\n"
    )
    monkeypatch.setattr(migrate, "FOLDER", folder)
    with pytest.raises(asyncpg.UndefinedColumnError):
        await migrate.upgrade(empty_urls.owner)
    assert await migrate.current(empty_urls.owner) == ("1",)
    connection = await asyncpg.connect(**connect_kwargs(empty_urls.owner))
    assert await connection.fetchval("select x from a") == "a:b 100%"
    assert await connection.fetchval("select to_regclass('b')") is None
    await connection.close()


async def test_lines_that_share_an_ont_or_username_are_listed_before_they_are_refused(
    empty_urls: Urls,
) -> None:
    await migrate.upgrade(empty_urls.owner, "0170")
    connection = await asyncpg.connect(**connect_kwargs(empty_urls.owner))
    tenant = uuid4()
    await connection.execute(f"set app.tenant_id = '{tenant}'")
    await connection.execute(
        "insert into tenants (id, slug, name, timezone, currency) values ($1, 'acme', 'Acme', 'UTC', 'EUR')",
        tenant,
    )
    await connection.execute(
        "insert into isp_plans (tenant_id, code, kind, name, down_kbps, up_kbps, price_minor, currency)"
        " values ($1, 'F', 'fiber', 'F', 1, 1, 1, 'EUR')",
        tenant,
    )
    (customer,) = await connection.fetchrow(
        "insert into isp_customers (tenant_id, number, name, region) values ($1, '1', 'A', 'north') returning id",
        tenant,
    )
    for number, ont, user, status in (
        ("S-1", "ZTEG-1", "amina", "active"),
        ("S-2", "zteg1", "Amina", "suspended"),
        ("S-3", "ZTEG1", "amina", "terminated"),
        ("S-4", None, "", "pending"),
        ("S-5", "-", "", "active"),
        ("S-6", "-", None, "active"),
    ):
        await connection.execute(
            "insert into isp_services (tenant_id, number, customer_id, plan_code, kind, status, ont_serial,"
            " username) values ($1, $2, $3, 'F', 'fiber', $4, $5, $6)",
            tenant,
            number,
            customer,
            status,
            ont,
            user,
        )
    with pytest.raises(ConfigError) as told:
        await migrate.upgrade(empty_urls.owner, "0180")
    listed = str(told.value).splitlines()[1:]
    assert listed == ["  ONT ZTEG1 of acme: S-1, S-2", "  username amina of acme: S-1, S-2"]
    assert await migrate.current(empty_urls.owner) == ("0170",)
    await connection.execute("update isp_services set status = 'terminated' where number = 'S-2'")
    await migrate.upgrade(empty_urls.owner, "0180")
    with pytest.raises(asyncpg.ExclusionViolationError):
        await connection.execute("update isp_services set status = 'active' where number = 'S-3'")
    await connection.close()
