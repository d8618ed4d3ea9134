"""Where the embedded server of the tests keeps its files, shared by all test processes of one account."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - the owner of our folder in it is checked
ROOM = 2 << 30


def state_folder() -> Path:
    """One folder per account; in memory where there is room, for databases are made and dropped by the dozen.

    As root the server's account must be able to enter it, which a private temporary folder would not allow.
    """
    if named := os.environ.get("BACKHAUL_TEST_HOME"):
        return Path(named)
    disk = Path("/var/tmp" if os.geteuid() == 0 else tempfile.gettempdir())  # noqa: S108 - its owner is checked
    top = MEMORY if _roomy(MEMORY) else disk
    folder = top / f"backhaul-test-{os.geteuid()}"
    folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise RuntimeError(f"{folder} belongs to somebody else; set BACKHAUL_TEST_HOME")
    return folder


def _roomy(folder: Path) -> bool:
    """Say whether there is a memory file system with room, from which programs may run (Docker's may not)."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    free = found.f_bavail * found.f_frsize
    return free >= ROOM and not found.f_flag & os.ST_NOEXEC and os.access(folder, os.W_OK)
