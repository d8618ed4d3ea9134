"""The demo as it is started again and again, each time in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.deep
Demo = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    home = Path(tempfile.mkdtemp(prefix="backhaul-demo-", dir="/var/tmp"))
    home.chmod(0o755)  # as root the database runs as another account

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "BACKHAUL_HOME": str(home), "COLUMNS": "100"}
        return subprocess.run([sys.executable, "-m", "bot", "demo", *words], env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=300, check=False)  # fmt: skip

    yield run
    shutil.rmtree(home, ignore_errors=True)


def test_a_demo_without_a_size_takes_what_is_there(demo: Demo) -> None:
    first, again = demo("--size", "300"), demo()
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert "Amina Bello (100234)" in first.stdout
    assert "Amina Bello (100234)" in again.stdout
    other = demo("--size", "400")
    assert other.returncode == 1
    assert "--fresh" in other.stderr
