from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.llm.wordpiece import common_words
from bot.understand.index import Index
from bot.understand.judge import decide
from bot.understand.nouns import nouns_of
from bot.understand.sentence import read
from bot.understand.times import Clock
from bot.understand.understanding import Guess, Verdict
from tests.bot.understand import isp

CLOCK = Clock(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), ZoneInfo("Africa/Lagos"))
COMMON = common_words(9_000)
NOUNS = nouns_of(isp.ENTITIES, Index(isp.OWNED, COMMON), COMMON)
BEST = Guess(action_id="network_device", args={}, score=0.5, reads_only=True, said="", wished=False)


def judged(
    words: str,
    score: float,
    *,
    reads: bool = False,
    wished: bool = True,
    formed: bool = True,
    args: dict[str, object] | None = None,
    from_focus: tuple[str, ...] = (),
) -> Verdict:
    far = Guess(
        action_id="x",
        args=args or {},
        score=score,
        reads_only=reads,
        said="",
        wished=wished,
        formed=formed,
        from_focus=frozenset(from_focus),
    )
    return decide([BEST], far, read(words, NOUNS, CLOCK, "NGN", {})).verdict


@pytest.mark.parametrize("words", ["only those in westlands", "ok only business", "just the ones in nyali"])
def test_what_narrows_a_list_is_refused_to_nobody(words: str) -> None:
    assert judged(words, 0.95) is not Verdict.FORBIDDEN


def test_a_change_nobody_said_is_refused_to_nobody() -> None:
    assert judged("uplink load nyali", 0.7, formed=False) is not Verdict.FORBIDDEN
    assert judged("how do i reset a router", 0.9, wished=False, formed=False) is not Verdict.FORBIDDEN


def test_a_change_said_of_a_thing_is_plainly_meant() -> None:
    known = {"customer": "100234"}
    assert judged("suspend 100234", 0.72, formed=False, args=known) is Verdict.FORBIDDEN
    assert judged("suspend 100234", 0.72, formed=False) is not Verdict.FORBIDDEN
    assert (
        judged("suspend", 0.72, formed=False, args=known, from_focus=("customer",)) is not Verdict.FORBIDDEN
    )
    assert judged("suspend 100234", 0.72, formed=False, wished=False, args=known) is not Verdict.FORBIDDEN


def test_who_did_not_do_a_thing_is_no_question_to_the_audit() -> None:
    assert judged("who did not pay in october", 0.6, reads=True) is not Verdict.FORBIDDEN
    assert judged("who did pay in october", 0.7, reads=True) is Verdict.FORBIDDEN


@pytest.mark.parametrize(
    ("words", "reads", "wished", "formed"),
    [
        ("reboot the ont of 100234", False, True, True),
        ("turn off the freeze", False, False, False),
        ("what did we collect in october", True, True, False),
        ("show the audit", True, False, True),
    ],
)
def test_what_was_plainly_asked_for_and_may_not_be_had_is_said(
    words: str, *, reads: bool, wished: bool, formed: bool
) -> None:
    assert judged(words, 0.95, reads=reads, wished=wished, formed=formed) is Verdict.FORBIDDEN
