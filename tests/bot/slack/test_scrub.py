"""What of a payload is kept for debugging, and what is not, whatever people put into it."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contract.people import Tenant
from bot.db.database import Database
from bot.slack.envelope import check_shape
from bot.slack.record import Recorder, drop_recorded
from bot.slack.routes import kind_of_payload
from bot.slack.scrub import GONE, blanked, scrub
from tests.bot.slack.conftest import Office, config_for, make_office
from tests.slackd import Slackd

SECRET = "xoxb-very-secret"
MENTION: dict[str, Any] = {
    "token": SECRET,
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
        "text": "<@UBOT|backhaul> call José at ann@acme.example",
        "user_profile": {"real_name": "ANN MWANGI", "email": "ann@acme.example", "first_name": "ANN"},
        "files": [{"id": "F1", "name": "contract.pdf", "url_private": "https://files.slack.com/x?t=secret"}],
    },
}
COMMAND = {
    "token": SECRET,
    "command": "/backhaul",
    "text": "who is Ann",
    "team_id": "T1",
    "team_domain": "acme",
    "user_id": "UANN",
    "user_name": "ann",
    "channel_id": "CNOC",
    "channel_name": "noc",
    "response_url": "https://hooks.slack.com/commands/T1/1/secret",
    "trigger_id": "1.2.secret",
}


@pytest.mark.parametrize("words", [True, False])
def test_what_is_typed_where_a_secret_belongs_is_never_kept(words: bool) -> None:
    typed = {"type": "plain_text_input", "value": "hunter2-secret"}
    block = {"type": "input", "block_id": "secret_token~ab", "element": {**typed, "initial_value": "hunter2"}}
    action = {"type": "plain_text_input", "block_id": "secret_token~ab", "action_id": "v", "value": "hunter2"}
    values = {"secret_token~ab": {"v": typed}, "field_url~ab": {"v": {**typed, "value": "https://x.test"}}}
    view = {"id": "V1", "callback_id": "panel:settings-send", "blocks": [block], "state": {"values": values}}
    kept = scrub({"type": "view_submission", "actions": [action], "view": view}, words=words)
    assert not {"hunter2", "xxxxxxx"} & set(re.findall(r"\w+", json.dumps(kept)))
    assert kept["view"]["state"]["values"]["secret_token~ab"] == {"v": {**typed, "value": GONE}}
    assert kept["actions"][0]["action_id"] == "v"
    assert ("x.test" in json.dumps(kept)) is words


def test_mention_keeps_what_happened_and_nothing_said() -> None:
    kept = scrub(MENTION)
    event = kept["event"]
    assert (event["user"], event["channel"], event["ts"]) == ("UANN", "CNOC", "1.000001")
    assert event["text"] == "<@UBOT> xxxx xxxx xx xxx@xxxx.xxxxxxx"
    whole = json.dumps(kept).lower()
    for word in ("secret", "ann ", "mwangi", "acme.example", "contract", "https:"):
        assert word not in whole, word
    check_shape(kept)
    assert kind_of_payload(kept) == "event:app_mention"


def test_words_are_kept_where_that_was_asked_for_and_nothing_else_is() -> None:
    kept = scrub(MENTION, words=True)
    assert "José" in kept["event"]["text"]
    assert kept["token"] == GONE
    assert kept["event"]["user_profile"] == {"real_name": GONE, "email": GONE, "first_name": GONE}


def test_command_loses_its_address_and_its_trigger() -> None:
    kept = scrub(COMMAND)
    assert (kept["command"], kept["user_id"], kept["channel_id"]) == ("/backhaul", "UANN", "CNOC")
    assert (kept["text"], kept["user_name"], kept["channel_name"]) == ("xxx xx xxx", GONE, GONE)
    assert "secret" not in json.dumps(kept)


def test_what_the_bot_sealed_stays_and_what_a_person_chose_goes() -> None:
    told = {"user": "UANN", "reply_at": "https://hooks.slack.com/secret", "told": {"call": "secret words"}}
    actions = [
        {"type": "button", "action_id": "do:1", "value": "v1:ab:sealed", "block_id": "b1"},
        {"type": "button", "action_id": "say:1", "value": "suspend Ann", "block_id": "b1"},
    ]
    state = {"values": {"why": {"why": {"type": "plain_text_input", "value": "She is Ann."}}}}
    view = {"id": "V1", "private_metadata": json.dumps(told), "state": state}
    kept = scrub({"type": "block_actions", "actions": actions, "view": view})
    assert [each["value"] for each in kept["actions"]] == ["v1:ab:sealed", "xxxxxxx xxx"]
    assert kept["view"]["state"]["values"]["why"]["why"]["value"] == "xxx xx xxx."
    carried = json.loads(kept["view"]["private_metadata"])
    assert (carried["user"], carried["reply_at"]) == ("UANN", GONE)
    assert "Ann" not in json.dumps(kept)


@given(st.text(), st.text(st.characters(codec="utf-8")))
def test_no_letter_of_what_is_said_is_left(before: str, after: str) -> None:
    left = blanked(f"{before} <@UANN|ann> {after}")
    assert (
        not {sign for sign in left.replace("<@UANN>", "") if sign.isalnum()} - {"x"} or "<" in before + after
    )


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_shape_is_scrubbed(value: Any) -> None:
    kept = scrub({"event": value, "token": SECRET})
    assert SECRET not in json.dumps(kept)


async def test_what_slack_sends_is_kept_in_files_of_ours_alone(
    slack: Slackd, database: Database, tenant: Tenant, tmp_path: Path
) -> None:
    folder = tmp_path / "payloads"
    office = make_office(slack, database, tenant, slack_app_token=slack.world.app_token, slack_record=folder)
    await office.room.start()
    await slack.seat("UANN").say("CNOC", "<@UBOT> the password is hunter2")
    await slack.seat("UANN").command("CNOC", "/backhaul hunter2")
    await office.queue.idle()
    await office.queue.stop()
    await office.room.stop()
    files = sorted(folder.glob("*.json"))
    kinds = {path.name.split("-", 2)[2] for path in files}
    assert kinds == {"event-app-mention.json", "event-message.json", "command.json"}
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    whole = "".join(path.read_text() for path in files)
    assert "hunter" not in whole
    assert slack.world.bot_token not in whole
    assert "secret" not in whole


async def test_nothing_is_recorded_unless_asked(socket_office: Office, tmp_path: Path) -> None:
    assert config_for(socket_office.slack).slack_record is None


async def test_what_was_recorded_is_kept_for_a_week(tmp_path: Path) -> None:
    await Recorder(tmp_path, words=False).keep(MENTION)
    [old] = tmp_path.glob("*.json")
    week = (datetime.now(UTC) - timedelta(days=7, minutes=1)).timestamp()
    os.utime(old, (week, week))
    await Recorder(tmp_path, words=False).keep(MENTION)
    [young] = tmp_path.glob("*.json")
    assert young != old


async def test_a_file_that_another_process_drops_meanwhile_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Recorder(tmp_path, words=False).keep(MENTION)
    [here] = tmp_path.glob("*.json")
    gone = tmp_path / "gone.json"
    monkeypatch.setattr(Path, "glob", lambda _self, _pattern: iter([gone, here]))
    assert drop_recorded(tmp_path, before=datetime.now(UTC) + timedelta(minutes=1)) == 1
    assert not here.exists()


async def test_oldest_files_go_and_a_full_disk_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.record.TIDY_EVERY", 5)
    recorder = Recorder(tmp_path / "few", words=False, most=3)
    for _ in range(6):
        await recorder.keep(MENTION)
    assert len(list((tmp_path / "few").glob("*.json"))) == 3
    (tmp_path / "file").write_text("no folder")
    await Recorder(tmp_path / "file", words=False).keep(MENTION)
