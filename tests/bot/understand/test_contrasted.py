"""What is said only to tell it from what is meant is neither taken nor missed."""

import pytest

from bot.understand.contrasted import without_contrast
from bot.understand.marks import Nouns
from bot.understand.sentence import read
from bot.understand.understanding import Verdict
from tests.evals import score
from tests.evals.cases import Case

UNDERSTANDER = score.make()


@pytest.mark.parametrize(
    "words, role, name, value",
    [
        ("assign TCK-10234 to zed, not bisi", "support", "to", "zed"),
        ("credit 100234 200, not 300, outage", "billing", "reason", "outage"),
        ("make TCK-10234 high, not urgent", "support", "priority", "high"),
    ],
)
async def test_what_it_is_not_is_left_out(words: str, role: str, name: str, value: str) -> None:
    got = await score.understand(UNDERSTANDER, Case(q=words, role=role, want=()))
    assert got.verdict is Verdict.CLEAR
    assert (got.args[name], got.best.unused) == (value, ())


async def test_a_day_that_is_not_meant_is_not_taken_for_the_one_that_is() -> None:
    got = await score.understand(UNDERSTANDER, Case(q="book 100234 not friday", role="field", want=()))
    assert got.lacks == "go by “not friday”, only by what you name"


@pytest.mark.parametrize(
    "words, plain",
    [
        ("record 500 NGN, not 300 NGN", "record 500 NGN"),
        ("was it 500 NGN, not 300 NGN", ""),
        ("show payments of 500 NGN, not 300 NGN", ""),
    ],
)
def test_a_question_is_read_as_it_stands(words: str, plain: str) -> None:
    assert without_contrast(read(words, Nouns(), score.CLOCK, "NGN", {})) == plain
