"""Whom a mailing names is read before the colon, what it says behind it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.understand.understanding import Verdict
from tests.bot.understand.test_admin_words import understand


@pytest.mark.parametrize(
    "words, args",
    [
        ("mail all business customers: we close early", {"customer_kind": "business", "text": "we close early"}),
        ("mail everyone on home fibre 50: new speed from december", {"plan": "home fibre 50", "text": "new speed from december"}),
        ("email everyone in ikeja: we splice", {"area": "ikeja", "text": "we splice"}),
        ("send the payment_reminder to everyone over 30 days overdue", {"template": "payment_reminder", "overdue_days": 30}),
    ],
)  # fmt: skip
async def test_whom_a_mailing_is_for(words: str, args: dict[str, Any]) -> None:
    got = await understand(words, "billing")
    assert (got.verdict, got.action_id, got.args) == (Verdict.CLEAR, "email_mass", args)


async def test_what_is_written_is_no_place() -> None:
    assert "area" not in (await understand("e-mail everyone: happy new year", "billing")).args
