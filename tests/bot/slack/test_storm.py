"""Thousands of events through the real service, under kills, lost connections, limits and lost answers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.db.scratch import Urls
from tests.bot.slack.storm.run import storm

EVENTS = int(os.environ.get("STORM_EVENTS", "2000"))
LONGEST = 300 + EVENTS // 4
"""Seconds; a machine that does fewer than four a second is too slow to tell anything."""


@pytest.mark.deep
@pytest.mark.timeout(LONGEST)
@pytest.mark.parametrize(("way", "agent"), [("socket", False), ("http", False), ("socket", True)])
async def test_every_request_has_its_one_answer(way: str, agent: bool, urls: Urls, tmp_path: Path) -> None:
    await storm(way, EVENTS, urls, tmp_path, agent=agent)
