"""Who says they only read cannot change the store; and what they fail with is not in the log."""

from __future__ import annotations

import io
import json

import pytest

from bot.core.plugin_health import check_health
from bot.errors import PluginError, Unavailable
from bot.log import set_up_logging
from tests.bot.core import peeking
from tests.left_behind import logging_kept


@pytest.fixture
async def kit(bench):
    return await bench(peeking)


@pytest.fixture
def said():
    stream = io.StringIO()
    with logging_kept():
        set_up_logging(level="debug", form="json", stream=stream)
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("action", "args"),
    [
        ("look", {"how": "set"}),
        ("look", {"how": "pop"}),
        ("look", {"how": "next"}),
        ("touch", {"where": "preview"}),
        ("point", {"thing": "x"}),
    ],
)
async def test_a_read_changes_no_store(kit, said, action, args):
    await kit.store().set("key", "kept")
    with pytest.raises(Unavailable, match="incident"):
        await kit.act(action, **args)
    assert await kit.store().get("key") == "kept"
    assert "peeking: ctx.store." in str(said()), "the author finds in the log what to do"


async def test_a_read_reads_and_a_change_changes(kit):
    assert await kit.store().get("begun") == 1, "turning on may write"
    await kit.act("touch", where="here")
    assert (await kit.act("look", how="get")).text == "3 2"


async def test_a_health_check_changes_no_store(kit):
    (line,) = await check_health(kit.around)
    assert (line.ok, line.detail) == (False, "the check itself failed (PluginError)")
    assert await kit.store().get("key") is None


async def test_the_bench_hands_out_contexts_for_reading(kit):
    with pytest.raises(PluginError, match="only reads"):
        await (await kit.context()).store.set("key", 1)
    await (await kit.context(writes=True)).store.set("key", 1)


@pytest.mark.parametrize("action", ["leak", "spill"])
async def test_what_an_error_says_is_nowhere_in_the_log(kit, said, action):
    with pytest.raises(Unavailable) as told:
        await kit.act(action)
    lines = json.dumps(said())
    assert "peeking.py:" in lines, "but its place is"
    for value in ("Amina", "Sea Road", "hunter2"):
        assert value not in lines
        assert value not in str(told.value)
        assert value not in json.dumps([row.facts for row in await kit.audit()], default=str)
