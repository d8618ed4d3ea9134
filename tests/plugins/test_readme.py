"""The guide's plugin loads, keeps the contract and passes the guide's own test."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import plugins
from bot import hookspecs
from bot.testing import check_contract

TEXT = (Path(plugins.__file__).parent / "README.md").read_text()
PLUGIN, TEST, CONNECTOR = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


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


ABACUS = """
from bot.api import NotSupported
from tests.plugins.connectors.memory.customers import MemoryCustomers
from tests.plugins.connectors.memory.rig import MemoryRig


class FakeAbacus:
    def __init__(self):
        self.rig = MemoryRig()

    async def fill(self, world):
        await self.rig.load(world)


class AbacusCustomers(MemoryCustomers):
    def __init__(self, server, context):
        super().__init__(server.rig.books[context.tenant.slug])

    async def quote(self, scope, service, plan, *, next_period=False):
        raise NotSupported("Abacus quotes nothing here. Do it there.")

    async def change_plan(self, effect, quote):
        raise NotSupported("Plans are changed in Abacus.")

    async def last_change(self, scope, service):
        raise NotSupported("Plans are changed in Abacus.")

    async def revert_plan(self, effect, service):
        raise NotSupported(WORDS)


WORDS = "Plans are changed in Abacus."
"""


def checked(folder: Path) -> str:
    """Run the guide's connector test as somebody would who has nothing but the bot and pytest."""
    (folder / "test_abacus.py").write_text(CONNECTOR)
    where = {**os.environ, "PYTHONPATH": f"{folder}:{Path(plugins.__file__).parent.parent}"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_abacus.py"]
    return subprocess.run(command, cwd=folder, env=where, capture_output=True, text=True, check=False).stdout


def test_its_connector_is_checked(tmp_path):
    (tmp_path / "backhaul_abacus.py").write_text(ABACUS)
    said = checked(tmp_path)
    assert re.search(r"^3\d passed|\b2\d passed, \d+ skipped", said, re.MULTILINE), said
    assert "failed" not in said


def test_a_connector_that_lacks_something_without_a_word_is_seen(tmp_path):
    (tmp_path / "backhaul_abacus.py").write_text(ABACUS.replace("NotSupported(WORDS)", "LookupError"))
    assert "1 failed" in checked(tmp_path)
