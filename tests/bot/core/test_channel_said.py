"""Words that make a channel rule are taken as that, whatever the channel is called."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.contract.reply import Reply
from bot.core.channel_said import RULE, channel_ruled
from bot.core.steps import STEPS


class Asked:
    """A message of somebody who may set rules, or not."""

    def __init__(self, words: str, *, may: bool = True) -> None:
        self.question, self.user = SimpleNamespace(words=words), "ada"
        self.view = SimpleNamespace(actions_for=lambda _user: [SimpleNamespace(id=RULE)] if may else [])
        self.called: list[Any] = []

    async def call(self, action_id: str, args: Any, _via: Any) -> Reply:
        self.called.append((action_id, args))
        return Reply("asked")


@pytest.mark.parametrize(
    ("words", "channel", "only"),
    [
        ("in #outages only network", "#outages", "network"),
        ("In #outages only network and tickets.", "#outages", "network and tickets"),
        ("please in the channel #c0123abcd: only tickets", "#c0123abcd", "tickets"),
        ("in #noc only network, tickets, and billing please", "#noc", "network, tickets, and billing"),
        ("in #outages only 3 are open", None, None),
        ("in #noc only Ben knows the password", None, None),
        ("In #support only yesterday we had 12 calls", None, None),
        ("in #noc only list open tickets", None, None),
        ("In the channel #noc, only two people answered. Create a ticket for C-1001", None, None),
        ("please in #billing only customers who owe more than 100", None, None),
        ("in #noc only network reads_only=yes", None, None),
        ("in #noc, allow only network", None, None),
        ("in #noc only", None, None),
        ("tickets in #noc only network", None, None),
        ("in noc only network", None, None),
    ],
)
async def test_a_rule_is_read_as_a_rule(words: str, channel: str | None, only: str | None) -> None:
    turn: Any = Asked(words)
    reply = await channel_ruled(turn)
    assert (reply is None) is (channel is None)
    assert turn.called == ([(RULE, {"channel": channel, "only": only})] if channel else [])


async def test_of_who_may_set_none_it_is_no_rule() -> None:
    turn: Any = Asked("in #outages only network", may=False)
    assert await channel_ruled(turn) is None


def test_it_is_tried_before_the_words_are_understood() -> None:
    assert STEPS.index(channel_ruled) < len(STEPS) - 1
