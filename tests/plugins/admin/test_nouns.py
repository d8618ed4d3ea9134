"""Roles by the words people use for them."""

from __future__ import annotations

import pytest

from plugins.admin.nouns import role_named

ROLES = ("admin", "billing", "field", "noc", "support")


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("a billing clerk", "billing"),
        ("billing manager", "billing"),
        ("senior noc engineer", "noc"),
        ("support too", "support"),
        ("support as well", "support"),
        ("billing and support", "billing and support"),
        ("support of the north", "support of the north"),
        ("after hitesh", "after hitesh"),
    ],
)
def test_the_role_in_a_job_title(words: str, role: str) -> None:
    assert role_named(words, ROLES) == role
