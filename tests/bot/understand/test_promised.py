"""A promise told at one end of a message is told apart from the wish that is the rest of it."""

from __future__ import annotations

import pytest

from bot.understand.promised import promise_beside


@pytest.mark.parametrize(
    ("words", "deed", "whom", "wish"),
    [
        ("told her I'd ring at 4, open a ticket: no light", "ring at 4", "", "open a ticket: no light"),
        ("I promised 100203 to call back at 16:00. show her balance", "call back at 16:00", "100203", "show her balance"),
        ("I'll call him tomorrow at 10, assign TCK-10100 to me", "call him tomorrow at 10", "", "assign TCK-10100 to me"),
        ("what does 100203 owe? I said we'd call back at 4pm.", "call back at 4pm", "", "what does 100203 owe?"),
        ("told Amina Bello we will call at 4, and show her line", "call at 4", "Amina Bello", "show her line"),
    ],
)  # fmt: skip
def test_a_promise_and_a_wish(words: str, deed: str, whom: str, wish: str) -> None:
    aside = promise_beside(words)
    assert aside is not None
    assert (aside.deed, aside.whom, aside.wish) == (deed, whom, wish)


@pytest.mark.parametrize(
    "words",
    [
        "I'll call 100203 at 16:00",
        "show 100203, her balance",
        "I will ring Peter Kamau at 16:30, remind me",
        "she told me she'd ring at 4, open a ticket: no light",
        'she says "I\'ll call a lawyer at 4", open a ticket for 100203',
        "note on 100203: modem blinks, I'll call at 4",
        "I didn't say I'd ring at 4, open a ticket: no light",
        "if I'll call at 4, open a ticket: no light",
    ],
)
def test_no_promise_of_the_writer_beside_a_wish(words: str) -> None:
    assert promise_beside(words) is None
