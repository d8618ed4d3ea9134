"""The light answer to where the tables stand is alembic's own."""

from __future__ import annotations

import subprocess
import sys

from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from bot.db import migrate, revisions
from bot.db.urls import normal_url


def test_the_newest_are_alembics() -> None:
    assert revisions.heads() == tuple(sorted(migrate.script().get_heads()))


def test_every_revision_is_read(tmp_path, monkeypatch) -> None:
    versions = tmp_path / "versions"
    versions.mkdir()
    for name, before in (("1", None), ("2", "1"), ("3", "1"), ("4", ("2", "3")), ("5", "1")):
        (versions / f"{name}.py").write_text(f'revision: str = "{name}"\ndown_revision = {before!r}\n')
    monkeypatch.setattr(revisions, "FOLDER", tmp_path)
    assert revisions.heads() == ("4", "5")


async def test_where_it_stands_is_what_alembic_reads(urls, empty_urls) -> None:
    assert await revisions.current(empty_urls.runtime) == ()
    engine = create_async_engine(normal_url(urls.runtime))
    async with engine.connect() as connection:
        found = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_heads())
    await engine.dispose()
    assert await revisions.current(urls.runtime) == tuple(sorted(found)) == revisions.heads()


def test_opening_takes_no_alembic() -> None:
    looked = "import sys, bot.app; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", looked], check=False).returncode == 0
