"""What nobody foresaw is logged once, with its place, and people are told an id."""

from __future__ import annotations

import io
import json

import pytest

from bot.log import set_up_logging
from bot.trouble import incident, warn
from tests.left_behind import logging_kept


@pytest.fixture
def lines():
    out = io.StringIO()
    with logging_kept():
        set_up_logging(form="json", stream=out)
        yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]


def failed() -> ValueError:
    try:
        raise ValueError("what Amina wrote")
    except ValueError as error:
        return error


def test_an_incident_has_an_id_and_a_place_and_not_the_errors_words(lines) -> None:
    number = incident("answer_failed", failed(), tenant="t1")
    (line,) = lines()
    assert (line["event"], line["incident"], line["tenant"], line["level"]) == (
        "answer_failed",
        number,
        "t1",
        "error",
    )
    assert "ValueError at" in line["exception"] and "test_trouble.py" in line["exception"]
    assert "Amina" not in json.dumps(line)
    assert incident("answer_failed", failed()) != number


def test_a_warning_has_its_place_too(lines) -> None:
    warn("slot_left", failed(), schedule="s")
    (line,) = lines()
    assert (line["event"], line["level"], line["schedule"]) == ("slot_left", "warning", "s")
    assert "ValueError at" in line["exception"]
