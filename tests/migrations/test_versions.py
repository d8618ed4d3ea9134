"""The revisions as files: named after what they are, undoable, and run as plain SQL."""

import ast
from pathlib import Path

import asyncpg
import pytest

import migrations
from bot.db import migrate
from bot.db.urls import connect_kwargs
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
