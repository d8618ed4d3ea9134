"""`new-plugin` writes something that passes, in a folder of its own and in this repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.scaffold import new_plugin, place_for


@pytest.fixture
def told() -> list[str]:
    return []


def test_it_writes_a_distribution_that_passes_its_checks(tmp_path: Path, told: list[str]) -> None:
    assert new_plugin("speedtest", tmp_path, say=told.append, checks=("ruff", "pytest")), "\n".join(told)
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*") if "cache" not in str(path)}
    assert {
        "backhaul-speedtest/pyproject.toml",
        "backhaul-speedtest/README.md",
        "backhaul-speedtest/backhaul_speedtest/__init__.py",
        "backhaul-speedtest/tests/test_speedtest.py",
    } <= written
    assert "passed pytest" in told
    assert "backhaul plugins enable speedtest" in told[-1]


@pytest.mark.deep
def test_what_it_writes_is_typed(tmp_path: Path, told: list[str]) -> None:
    assert new_plugin("typed_well", tmp_path, say=told.append, checks=("mypy",)), "\n".join(told)


def test_it_knows_this_repository(tmp_path: Path, told: list[str]) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "__init__.py").touch()
    assert new_plugin("speedtest", tmp_path, say=told.append, checks=())
    assert (tmp_path / "plugins/speedtest/__init__.py").exists()
    assert (
        "import plugins.speedtest as plugin"
        in (tmp_path / "tests/plugins/speedtest/test_speedtest.py").read_text()
    )
    assert not (tmp_path / "pyproject.toml").exists()


def test_a_failed_check_is_told(tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.scaffold.PLUGIN", "import os\n")
    assert not new_plugin("broken", tmp_path, say=told.append, checks=("ruff",))
    assert "FAILED ruff" in told


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Speed", "lower case"),
        ("2fast", "lower case"),
        ("a" * 60, "lower case"),
        ("../escape", "lower case"),
        ("class", "something to Python"),
        ("admin", "itself"),
        ("help", "itself"),
        ("customers", "already"),
    ],
)
def test_bad_and_taken_names_are_refused(tmp_path: Path, told: list[str], name: str, why: str) -> None:
    assert not new_plugin(name, tmp_path, say=told.append)
    assert why in told[0]
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path, told: list[str]) -> None:
    place_for("speedtest", tmp_path).top.mkdir(parents=True)
    assert not new_plugin("speedtest", tmp_path, say=told.append)
    assert "there already" in told[0]
