"""Thousands of events through the real service, under kills, lost connections, limits and lost answers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.db.scratch import Urls
from tests.bot.slack.storm.run import storm

EVENTS = int(os.environ.get("STORM_EVENTS", "2000"))


@pytest.mark.deep
@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", ["socket", "http"])
async def test_every_request_has_its_one_answer(way: str, urls: Urls, tmp_path: Path) -> None:
    await storm(way, EVENTS, urls, tmp_path)
