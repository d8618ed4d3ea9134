"""Where the ISP's own systems show things, as the operator sets it."""

from __future__ import annotations

import json

from tests.bot.cli.conftest import Backhaul

PAGE = "https://tickets.isp.example/t/{key}"


def test_pages_are_set_listed_cleared_and_written_down(backhaul: Backhaul) -> None:
    assert backhaul("tenants", "create", "links", "Links").code == 0
    done = backhaul("slack", "links", "set", "ticket", PAGE, "--tenant", "links")
    assert done.code == 0, done.err
    assert "--links tickets.isp.example" in " ".join(done.out.split())
    listed = json.loads(backhaul("slack", "links", "list", "--tenant", "links", "--json").out)
    assert listed == [{"kind": "ticket", "template": PAGE}]
    assert "are left as they are" in backhaul("slack", "links", "clear", "ticket", "--tenant", "links").out
    assert "No page was known" in " ".join(
        backhaul("slack", "links", "clear", "ticket", "--tenant", "links").out.split()
    )
    assert json.loads(backhaul("slack", "links", "list", "--tenant", "links", "--json").out) == []
    audit = backhaul("audit", "search", "--tenant", "links", "--json").out
    assert audit.count('"slack.links"') == 2


def test_what_is_no_address_or_no_thing_is_refused(backhaul: Backhaul) -> None:
    wrong = backhaul("slack", "links", "set", "ticket", "http://tickets/{key}", "--tenant", "links")
    assert wrong.code != 0
    assert "no address of a page" in " ".join(wrong.err.split())
    unknown = backhaul("slack", "links", "set", "unicorn", PAGE, "--tenant", "links")
    assert unknown.code != 0
    assert "There are:" in " ".join(unknown.err.split())


def test_the_manifest_asks_for_links_only_where_they_are_wanted(backhaul: Backhaul) -> None:
    made = json.loads(backhaul("slack", "manifest", "--links", "tickets.isp.example").out)
    assert made["features"]["unfurl_domains"] == ["tickets.isp.example"]
    assert backhaul("slack", "manifest", "--links", "https://x").code != 0
