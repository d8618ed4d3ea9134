"""What a message leaves to what the thread is about."""

from __future__ import annotations

import pytest

from bot.core.said_whole import said_whole

FOCUS = {"customer": "100234", "device": "olt-cst-01-1"}


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        (
            "declare an outage on PON 1/5: PON 1/5 burnt",
            "declare an outage on PON 1/5 of olt-cst-01-1: PON 1/5 burnt",
        ),
        ("onts of pon 1/2", "onts of pon 1/2 of olt-cst-01-1"),
        ("cancel her visit", "cancel the visit of 100234"),
        ("close it as well", "close it"),
        ("close it as well please.", "close it please."),
    ],
)
def test_the_device_the_customer_and_nothing_more_are_put_in(words: str, whole: str) -> None:
    assert said_whole(words, FOCUS) == whole


@pytest.mark.parametrize(
    "words",
    [
        "onts of PON 1/2 of olt-ctr-01-1",
        "olt-ctr-01-1 pon 1/2",
        "note on 100234: her visit went as well",
        "port 80",
    ],
)
def test_what_is_said_whole_stays(words: str) -> None:
    assert said_whole(words, FOCUS) == words


def test_without_a_thread_nothing_is_put_in() -> None:
    assert said_whole("cancel her visit on PON 1/5", {}) == "cancel her visit on PON 1/5"
