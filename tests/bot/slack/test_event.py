"""Who is heard, and who is not."""

from __future__ import annotations

import pytest

from bot.slack.bolt import has_gone
from bot.slack.event import Heard, arrival, hear

SAID = {"type": "message", "user": "UANN", "channel": "DANN", "channel_type": "im", "text": "hi", "ts": "5.1"}
MENTION = {"type": "app_mention", "user": "UANN", "channel": "CNOC", "text": "<@UBOT> hi", "ts": "5.1"}


def body(event: dict, **change: object) -> dict:
    return {"type": "event_callback", "event_id": "Ev1", "event": {**event, **change}}


@pytest.mark.parametrize("event", [SAID, MENTION, {**MENTION, "type": "message", "channel_type": "channel"}])
def test_addressed_words_are_heard(event: dict) -> None:
    found = hear(body(event), "UBOT")
    assert isinstance(found, tuple)
    heard, key = found
    assert (heard.user, heard.ts, heard.thread, key) == ("UANN", "5.1", "5.1", "Ev1")


def test_the_answer_belongs_into_the_thread() -> None:
    heard, _ = hear(body(MENTION, thread_ts="4.9"), "UBOT")
    assert heard.thread == "4.9"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"bot_id": "B1"}, "bot"),
        ({"user": "UBOT"}, "bot"),
        ({"user": "USLACKBOT"}, "bot"),
        ({"bot_profile": {"id": "B1"}}, "bot"),
        ({"subtype": "message_changed"}, "not talk"),
        ({"subtype": "message_deleted"}, "not talk"),
        ({"subtype": "bot_message"}, "not talk"),
        ({"subtype": "channel_join"}, "not talk"),
        ({"edited": {"user": "UANN"}}, "not talk"),
        ({"hidden": True}, "not talk"),
        ({"user": None}, "malformed"),
        ({"channel": {"id": "C1"}}, "malformed"),
        ({"ts": "soon"}, "malformed"),
        ({"type": "reaction_added"}, "other event"),
    ],
)
def test_loops_edits_and_noise_are_not(change: dict, why: str) -> None:
    assert hear(body(SAID, **change), "UBOT") == why


@pytest.mark.parametrize(
    ("event", "gone"),
    [
        ({"type": "app_uninstalled"}, True),
        ({"type": "tokens_revoked", "tokens": {"bot": ["UBOT"]}}, True),
        ({"type": "tokens_revoked"}, True),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["UANN"], "bot": []}}, False),
        (SAID, False),
    ],
)
def test_when_the_bot_has_no_token_any_more(event: dict, gone: bool) -> None:
    assert has_gone(body(event)) is gone
    assert not has_gone({**body(event), "type": "block_actions"})


def test_channel_talk_without_mention_is_not_for_the_bot() -> None:
    talk = {**MENTION, "type": "message", "channel_type": "channel", "text": "lunch?"}
    assert hear(body(talk), "UBOT") == "not addressed"


def test_twins_share_a_key_and_a_lane() -> None:
    one = arrival(*hear(body(MENTION), "UBOT"), "T1")
    other = arrival(
        *hear(body(MENTION, type="message", channel_type="channel") | {"event_id": "Ev2"}, "UBOT"), "T1"
    )
    assert one.message_key == other.message_key == "T1:CNOC:5.1"
    assert (one.lane, one.event_key, other.event_key) == ("T1:CNOC:5.1", "Ev1", "Ev2")
    assert Heard.read(one.payload).text == "<@UBOT> hi"


def test_what_an_earlier_version_kept_is_words_and_a_later_ones_waits() -> None:
    old = {"user": "UANN", "text": "hi", "channel": "CNOC", "ts": "5.1", "thread": "5.1", "outsiders": False}
    assert Heard.read(old).deed == "words"
    with pytest.raises(ValueError, match="later version"):
        Heard.read({**old, "v": 99, "deed": "dance"})
