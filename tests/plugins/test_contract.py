"""Every plugin that comes with the bot keeps the contract, one check at a time."""

from __future__ import annotations

import pytest

import plugins
from bot.contract.action import Action
from bot.host.discovery import find_plugins
from bot.host.loader import load_plugins
from bot.testing_contract import CHECKS

LOADED = load_plugins(find_plugins(plugins, installed=False))


def test_every_plugin_of_ours_loads():
    assert LOADED.broken == {}
    assert LOADED.warnings == {}


@pytest.mark.parametrize("plugin", LOADED.registry.plugins)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_plugin_keeps_the_contract(plugin, check):
    assert list(check(LOADED.registry, plugin)) == []


def test_every_write_that_waits_shows_what_it_will_do_or_says_it_whole():
    view = LOADED.registry.view(frozenset(LOADED.registry.plugins))
    for owned in view.all(Action):
        assert owned.item.timeout.total_seconds() <= 600, owned.id
        assert not (owned.item.reads_only and owned.item.amount), f"{owned.id} reads only and moves money"
