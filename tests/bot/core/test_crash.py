"""kill -9 at every step of a call: nothing lost, nothing done twice, and what nobody can know is said."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def die_at_every_step(urls, folder: Path, *, knows: bool, first: int, stride: int) -> list[dict]:
    order = {"url": urls.runtime, "folder": str(folder), "knows": knows, "first": first, "stride": stride}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bot.core.crash_child"],
        input=json.dumps(order),
        text=True,
        capture_output=True,
        cwd=ROOT,
        check=False,
        timeout=110,
        env=dict(os.environ),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"at"')]


def check(found: list[dict], *, knows: bool) -> set[str]:
    states = set()
    for one in found:
        [[state, runs]] = one["rows"]
        states.add(state)
        assert one["whole"], one
        assert len(one["effects"]) == len(set(one["effects"])) <= 1, one
        assert runs <= 2, one
        if state == "done":
            assert len(one["effects"]) == 1 and one["said"][-1] in {"Conflict", "done"}, one
            assert one["events"].count("ran") == 1, one
        else:
            assert state == "unknown" and not knows and "unknown" in one["events"], one
    assert found[-1]["killed"] == 0 and all(one["killed"] == 9 for one in found[:-1])
    return states


def test_kill_at_every_step(gate_urls, tmp_path) -> None:
    found = die_at_every_step(gate_urls, tmp_path, knows=True, first=0, stride=1)
    assert check(found, knows=True) == {"done"} and len(found) > 15
    assert {one["recovered"]["done"] for one in found} == {0, 1}


@pytest.mark.deep
def test_kill_at_every_step_with_a_system_that_can_not_say(gate_urls, tmp_path) -> None:
    found = die_at_every_step(gate_urls, tmp_path, knows=False, first=0, stride=1)
    assert check(found, knows=False) == {"done", "unknown"}
