"""A third-party distribution installs without a network and tests itself with nothing but pytest."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parent.parent / "example_plugin"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example distribution, built and installed into a folder of its own."""
    top = tmp_path_factory.mktemp("example")
    shutil.copytree(EXAMPLE, top / "source", ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
         "--disable-pip-version-check", "--target", str(top / "site"), str(top / "source")],
        top,
    )  # fmt: skip
    shutil.rmtree(top / "source" / "backhaul_handover")
    return top


def run(command: list[str], top: Path, where: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run it with the example installed."""
    environment = {**os.environ, "PYTHONPATH": str(top / "site")}
    return subprocess.run(
        command, cwd=where or top, env=environment, capture_output=True, text=True, timeout=110, check=False
    )


def test_it_is_found_by_its_entry_point(installed: Path) -> None:
    code = (
        "import plugins; from bot.host.loader import find_plugins, load_plugins\n"
        "found = load_plugins(find_plugins(plugins))\n"
        "print(found.registry.plugins['handover'].version, found.origins['handover'])"
    )
    done = run([sys.executable, "-W", "error", "-c", code], installed)
    assert done.stdout.splitlines()[-1:] == ["1.0.0 backhaul-handover 1.0.0"], done.stderr


@pytest.mark.parametrize("alone", [False, True], ids=["with pytest-asyncio", "with pytest alone"])
def test_its_own_tests_pass(installed: Path, alone: bool) -> None:
    flags = ["-p", "no:asyncio", "-W", "ignore::pytest.PytestConfigWarning"] if alone else []
    tests = ["-k", "shift or refused or stale"] if alone else []
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        ".",
        *flags,
        *tests,
        "tests",
    ]
    done = run(command, installed, installed / "source")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout
