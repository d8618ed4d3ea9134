"""`backhaul replay`: what a recorded payload would be heard as and answered, with nothing done or sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bot.cli.conftest import Backhaul
from tests.bot.cli.test_commands import SAM

EVENT: dict[str, Any] = {
    "team_id": "T1",
    "type": "event_callback",
    "event_id": "Ev1",
    "event_time": 1,
    "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}],
    "event": {
        "type": "app_mention",
        "user": "UANN",
        "channel": "CNOC",
        "ts": "1.000001",
        "text": "<@UBOT> xx xxxxx",
    },
}


@pytest.fixture(scope="module")
def acme(backhaul: Backhaul) -> Backhaul:
    assert backhaul("tenants", "create", "acme", "Acme Fibre").code == 0
    assert backhaul("users", "add", SAM, "Sam Support", "--role", "support").code == 0
    for plugin in ("customers", "tickets", "local"):
        backhaul("plugins", "enable", plugin)
    return backhaul


def written(folder: Path, body: object) -> str:
    path = folder / "payload.json"
    path.write_text(json.dumps(body))
    return str(path)


def test_mention_is_heard_and_answered_as_the_user_that_is_named(acme: Backhaul, tmp_path: Path) -> None:
    file = written(tmp_path, EVENT)
    done = acme("replay", file, "--say", "<@UBOT> customers find query=Quux", "--as", SAM)
    assert done.code == 0, done.err
    for words in (
        "event:app_mention",
        "words of UANN in CNOC, thread 1.000001",
        "T1:CNOC:1.000001",
        "Ev1",
        "a dry run",
        "no customer for “Quux”",
    ):
        assert words in done.out, words


def test_signs_that_steer_a_terminal_are_not_printed(acme: Backhaul, tmp_path: Path) -> None:
    file = written(tmp_path, EVENT)
    done = acme("replay", file, "--say", "<@UBOT> what is \x1b[2J\x1b]0;x\x07 down?", "--as", SAM)
    assert "what is [2J" in done.out
    assert not {"\x1b", "\x07"} & set(done.out)


def test_change_is_shown_and_not_done(acme: Backhaul, tmp_path: Path) -> None:
    file = written(tmp_path, EVENT)
    done = acme("replay", file, "--say", 'tickets create subject="no light"', "--as", SAM)
    assert done.code == 0, done.err
    assert "nothing was done. This would be:" in done.out
    assert "no light" in done.out
    assert "No open tickets" in acme("ask", "tickets list", "--as", SAM).out
    kept = acme("audit", "search", "--json").json
    assert {"slack.replayed", "tried"} <= {each["event"] for each in kept}
    assert not [each for each in kept if each["event"] == "ran" and "tickets_create" in json.dumps(each)]


def test_scrubbed_words_and_unknown_people_are_said_so(acme: Backhaul, tmp_path: Path) -> None:
    done = acme("replay", written(tmp_path, EVENT))
    assert done.code == 0, done.err
    assert "I do not know who you are here yet" in done.out


def test_decision_is_not_taken(acme: Backhaul, tmp_path: Path) -> None:
    pressed = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "UANN"},
        "channel": {"id": "CNOC"},
        "container": {"type": "message", "message_ts": "1.000001", "channel_id": "CNOC"},
        "message": {"ts": "1.000001"},
        "actions": [
            {
                "type": "button",
                "action_id": "call:approve",
                "value": "0d1c7f2e-3b6a-4f5e-9c11-2a6f4a1b7e55 v1",
                "action_ts": "2.000001",
            }
        ],
    }
    done = acme("replay", written(tmp_path, pressed), "--as", SAM)
    assert done.code == 0, done.err
    assert "click:call" in done.out
    assert "approve of UANN" in done.out


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({**EVENT, "event": {**EVENT["event"], "bot_id": "B1"}}, "nothing: bot"),
        ({**EVENT, "event": {"type": "pin_added"}}, "nothing: no handler"),
    ],
)
def test_what_is_not_for_the_bot_says_why(acme: Backhaul, tmp_path: Path, body: object, words: str) -> None:
    done = acme("replay", written(tmp_path, body))
    assert (done.code, words in done.out) == (0, True), done.out + done.err


@pytest.mark.parametrize("body", [[], {}, {"type": "event_callback"}])
def test_file_that_is_no_payload_is_refused_in_a_sentence(
    acme: Backhaul, tmp_path: Path, body: object
) -> None:
    done = acme("replay", written(tmp_path, body))
    assert done.code != 0
    assert "payload" in done.err
    assert acme("replay", str(tmp_path / "missing.json")).code != 0
