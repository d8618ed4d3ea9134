"""What a script can tell from how `ask` ends."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest
import typer

from bot.cli.talk import _leave_as
from bot.contract.reply import Reply, Tone, Waiting
from bot.core.answer import broken
from tests.bot.cli.conftest import Backhaul

SAM = "sam@acme.example"


@pytest.fixture(scope="module")
def acme(backhaul: Backhaul) -> None:
    assert backhaul("tenants", "create", "acme", "Acme Fibre").code == 0
    assert backhaul("users", "add", SAM, "Sam Support", "--role", "support").code == 0


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        ("show my queue", 0, ""),
        ("help", 0, ""),
        ('tickets create subject="No light"', 0, ""),
        ("open a ticket: no light", 6, ""),  # it waits for a yes
        ("asdf qwer zxcv", 2, "BadInput"),
        ("tickets show", 2, ""),  # it asks back which one
        ("tickets search limit=many", 2, "BadInput"),
        ("admin policies", 4, "NotAllowed"),
        ("list the approval policies", 4, "NotAllowed"),
        ("tickets show ticket=TCK-99", 5, "NotFound"),
        ("customers show customer=nobody", 5, "NotFound"),
    ],
)
def test_the_exit_code_says_why_not(
    backhaul: Backhaul, acme: None, words: str, code: int, error: str
) -> None:
    asked = backhaul("ask", words, "--as", SAM, "--json")
    assert (asked.code, asked.json.get("error", "")) == (code, error), asked.out


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply("The line is down.", tone=Tone.BAD), None),  # bad news is an answer
        (broken("abc123"), 1),
        (Reply("Which one?", tone=Tone.ASK), 2),
        (
            Reply(
                "Shall I?",
                tone=Tone.ASK,
                waiting=Waiting(call_id="1", action_id="a_b", summary="a", needs="a yes", asked_by="Sam"),
            ),
            6,
        ),
    ],
)
def test_bad_news_is_an_answer_and_waiting_is_not_done(reply: Reply, code: int | None) -> None:
    with nullcontext() if code is None else pytest.raises(typer.Exit) as left:
        _leave_as(reply)
    assert (left and left.value.exit_code) == code


def test_nobody_is_added_half(backhaul: Backhaul, acme: None) -> None:
    refused = backhaul("users", "add", "zoe@acme.example", "Zoe", "--role", "support", "--role", "nosuch")
    assert refused.code == 5
    assert "nosuch" in refused.err
    assert "Zoe" not in backhaul("users", "list").out
    assert backhaul("users", "add", "zoe@acme.example", "Zoe", "--role", "support").code == 0
    again = backhaul("users", "grant", "zoe@acme.example", "billing", "nosuch")
    assert again.code == 5
    assert [p["roles"] for p in backhaul("users", "list", "zoe", "--json").json] == [["support"]]


def test_an_answer_without_a_list_writes_no_file(backhaul: Backhaul, acme: None, tmp_path: Path) -> None:
    file = tmp_path / "hit.csv"
    asked = backhaul("ask", "show my queue", "--as", SAM, "--csv", str(file))
    assert asked.code == 5 and "has no list" in asked.err and not file.exists()
    refused = backhaul("ask", "network affected device=nosuch", "--as", SAM, "--csv", str(file))
    assert refused.code == 5 and "has no list" not in refused.err and not file.exists()
