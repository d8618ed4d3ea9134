import pytest

from bot.understand.several import BOTH, EACH
from bot.understand.understanding import Verdict
from tests.bot.understand.test_understander import understand


@pytest.mark.parametrize(
    "words",
    [
        "suspend 100234 and 100235 for non payment",
        "suspend 100234, 100236 for non payment",
        "close TCK-10234 and TCK-10235",
        "close TCK-10234, TCK-10236 and TCK-10235: replaced the ont",
        "assign TCK-10234 & TCK-10235 to me",
        "reboot the ont of Amina Bello and Grace Adeyemi",
    ],
)
async def test_a_change_of_one_thing_is_not_made_of_two(words: str) -> None:
    got = await understand(words)
    assert (got.verdict, got.lacks) == (Verdict.UNKNOWN, EACH)


@pytest.mark.parametrize(
    "words",
    [
        "suspend 100234 and open a ticket for him",
        "suspend 100234 for non payment and open a ticket",
        "open a ticket for 100234 and reboot his ont",
        "escalate TCK-10234 to L2 and assign it to me",
        "frobnicate TCK-10234 and close the ticket",
    ],
)
async def test_a_second_wish_is_no_reason(words: str) -> None:
    got = await understand(words)
    assert (got.verdict, got.lacks) == (Verdict.UNKNOWN, BOTH)


@pytest.mark.parametrize(
    "words",
    [
        "close TCK-10234, rebooted the ont and restarted the router",
        "open a ticket for 100234: slow internet and close to the antenna",
        "add a note to 100234: he wants to move and suspend the line",
        "close TCK-10234: same as TCK-10235 and TCK-10236",
        "suspend 100234, he left and moved out",
    ],
)
async def test_what_is_only_told_is_no_second_wish(words: str) -> None:
    got = await understand(words)
    assert (got.verdict, got.lacks) == (Verdict.CLEAR, "")
