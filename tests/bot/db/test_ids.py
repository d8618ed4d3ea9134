"""A UUID in any usual spelling, and nothing else."""

from __future__ import annotations

import pytest

from bot.db.ids import uuid_of

ONE = "0b9d3a52-6f5e-4b0a-9a55-1f3f6b7c8d9e"


@pytest.mark.parametrize("words", [ONE, ONE.upper(), ONE.replace("-", ""), f"{{{ONE}}}"])
def test_every_spelling_is_the_same_id(words: str) -> None:
    assert uuid_of(words) == ONE


@pytest.mark.parametrize("words", ["", "operator", "cli:root", ONE[:-1], f"{ONE}'--", None, 7])
def test_anything_else_is_the_id_of_nothing(words: object) -> None:
    assert uuid_of(words) is None  # type: ignore[arg-type]  # callers may be wrong
