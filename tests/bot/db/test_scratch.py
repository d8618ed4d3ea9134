"""The databases of the tests are made by a thread that runs while tests change the world around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.db.scratch import TestServer


async def test_a_database_is_reached_whatever_a_test_puts_in_the_place_of_files(
    server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = server.urls("one")
    monkeypatch.setattr(Path, "read_text", lambda self: "processor : 0")
    assert server.urls("one") == before
    assert "/one?" in before.runtime
    assert "processor" not in server.urls("two").owner
