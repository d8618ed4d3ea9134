"""Where the embedded server of the tests keeps its files, shared by all test processes of one account."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def state_folder() -> Path:
    """One folder per account; as root the server's account must be able to enter it."""
    if named := os.environ.get("BACKHAUL_TEST_HOME"):
        return Path(named)
    top = Path("/var/tmp" if os.geteuid() == 0 else tempfile.gettempdir())  # noqa: S108 - its owner is checked
    folder = top / f"backhaul-test-{os.geteuid()}"
    folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise RuntimeError(f"{folder} belongs to somebody else; set BACKHAUL_TEST_HOME")
    return folder
