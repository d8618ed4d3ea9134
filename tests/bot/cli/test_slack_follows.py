"""Who is answered without a mention, as the operator sets it."""

from __future__ import annotations

import json

from tests.bot.cli.conftest import Backhaul


def test_rules_are_set_and_listed(backhaul: Backhaul) -> None:
    assert backhaul("tenants", "create", "follows", "Follows").code == 0
    first = json.loads(backhaul("slack", "follow", "list", "--tenant", "follows", "--json").out)
    assert first == [{"channel": "*", "who": "asker"}]
    assert backhaul("slack", "follow", "set", "nobody", "--tenant", "follows").code == 0
    done = backhaul("slack", "follow", "set", "everybody", "--channel", "C0123ABCD", "--tenant", "follows")
    assert "C0123ABCD" in done.out
    then = json.loads(backhaul("slack", "follow", "list", "--tenant", "follows", "--json").out)
    assert then == [{"channel": "*", "who": "nobody"}, {"channel": "C0123ABCD", "who": "everybody"}]


def test_what_is_no_channel_is_refused(backhaul: Backhaul) -> None:
    done = backhaul("slack", "follow", "set", "everybody", "--channel", "#noc", "--tenant", "follows")
    assert done.code != 0
    assert "is no channel's id" in " ".join(done.err.split())
