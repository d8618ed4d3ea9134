from __future__ import annotations

import pytest

from bot.core.ideas import harms_unsaid
from bot.understand.understanding import Guess


@pytest.mark.parametrize(
    ("action_id", "reads_only", "wished", "harms"),
    [
        ("customers_suspend", False, False, True),
        ("customers_suspend", False, True, False),
        ("billing_reverse_payment", False, False, True),
        ("oncall_end_cover", False, False, True),
        ("tickets_create", False, False, False),
        ("visits_cancel", True, False, False),
    ],
)
def test_what_harms_is_offered_only_by_its_own_word(
    action_id: str, *, reads_only: bool, wished: bool, harms: bool
) -> None:
    guess = Guess(action_id=action_id, args={}, score=0.5, reads_only=reads_only, said="", wished=wished)
    assert harms_unsaid(guess) is harms
