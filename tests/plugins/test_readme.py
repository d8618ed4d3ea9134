"""The guide's plugin loads, keeps the contract and passes the guide's own test."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

import plugins
from bot import hookspecs
from bot.testing import check_contract

TEXT = (Path(plugins.__file__).parent / "README.md").read_text()
PLUGIN, TEST = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def guide(tmp_path, monkeypatch):
    """The guide's two files, imported as somebody would who copied them."""
    (tmp_path / "guide_speedtest.py").write_text(PLUGIN)
    (tmp_path / "guide_test.py").write_text("from __future__ import annotations\n" + TEST)
    monkeypatch.syspath_prepend(str(tmp_path))
    import guide_speedtest
    import guide_test

    yield guide_speedtest, guide_test
    for name in ("guide_speedtest", "guide_test"):
        sys.modules.pop(name)


def test_it_keeps_the_contract(guide):
    assert check_contract(guide[0]) == []


async def test_its_test_passes(guide, bench):
    plugin, written = guide

    async def as_named(name, *rest, **options):
        return await bench(plugin if name == "speedtest" else ModuleType(name), *rest, **options)

    tests = [
        f for name, f in vars(written).items() if name.startswith("test_") and inspect.iscoroutinefunction(f)
    ]
    assert len(tests) == 3
    for test in tests:
        await test(as_named)


def test_every_hook_is_in_the_guide():
    hooks = {name for name, f in vars(hookspecs).items() if hasattr(f, "backhaul_spec")}
    assert {name for name in hooks if name not in TEXT} == set()
