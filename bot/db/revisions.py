"""Where the tables stand and where this version needs them: asked at every start, so without alembic."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import asyncpg

import migrations
from bot.db.outage import said
from bot.db.urls import connect_kwargs

TIMEOUT = 10.0
FOLDER = Path(migrations.__file__).parent
NAMED = re.compile(r"^(revision|down_revision)\b[^=\n]*=\s*(.+)$", re.MULTILINE)


async def current(url: str) -> tuple[str, ...]:
    """Return the revisions the database stands at; none when it was never migrated."""
    with said(connecting=True):
        connection = await asyncpg.connect(**{"timeout": TIMEOUT, **connect_kwargs(url)})
        try:
            if await connection.fetchval("select to_regclass('alembic_version')") is None:
                return ()
            rows = await connection.fetch("select version_num from alembic_version order by 1")
        finally:
            await connection.close()
    return tuple(row[0] for row in rows)


def heads() -> tuple[str, ...]:
    """Return the newest revisions this version of the bot knows: those that no other one follows."""
    known: set[str] = set()
    followed: set[str] = set()
    for path in (FOLDER / "versions").glob("*.py"):
        names = {name: ast.literal_eval(value) for name, value in NAMED.findall(path.read_text())}
        known.add(names["revision"])
        before = names["down_revision"]
        followed |= {before} if isinstance(before, str) else set(before or ())
    return tuple(sorted(known - followed))
