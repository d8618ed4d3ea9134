from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.understand.sentence import read
from bot.understand.times import Clock
from bot.understand.understander import Understander
from tests.bot.understand import isp

CLOCK = Clock(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), ZoneInfo("Africa/Lagos"))
UNDERSTANDER = Understander(isp.OWNED, isp.ENTITIES)


@pytest.mark.parametrize(("words", "name"), [("grants kevin", "kevin"), ("give sam 500", "sam")])
def test_a_common_first_name_is_a_name_however_often_texts_have_it(words: str, name: str) -> None:
    said = read(words, UNDERSTANDER._nouns, CLOCK, "NGN", {})
    assert [m.kind for m in said.marks if name in m.text] == ["name"]
