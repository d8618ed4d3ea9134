"""The databases of the tests are made by a thread that runs while tests change the world around it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from bot.db.scratch import TestServer, owner_is_gone
from bot.db.urls import connect_kwargs
from tests.databases import Urls


async def test_a_database_is_reached_whatever_a_test_puts_in_the_place_of_files(
    server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = server.urls("one")
    monkeypatch.setattr(Path, "read_text", lambda self: "processor : 0")
    assert server.urls("one") == before
    assert "/one?" in before.runtime
    assert "processor" not in server.urls("two").owner


def test_only_what_the_dead_left_is_dropped_early() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert owner_is_gone(f"backhaul_test_{ended.pid}_12")
    assert not owner_is_gone(f"backhaul_test_{os.getpid()}_12")
    assert not owner_is_gone("backhaul_test_1_12"), "the first process lives, whosever it is"
    assert not owner_is_gone("backhaul_template_0123456789ab")


async def test_a_copy_knows_the_tables_of_postgresql_before_anyone_comes(
    server: TestServer, urls: Urls
) -> None:
    """Else the first connection to each of two thousand databases finds it out anew."""
    connection = await asyncpg.connect(**connect_kwargs(server.postgres.url()))
    try:
        there = await connection.fetch(
            "select f from pg_database as d, pg_ls_dir('base/' || d.oid) as f where datname = $1", urls.name
        )
    finally:
        await connection.close()
    assert "pg_internal.init" in {row["f"] for row in there}
