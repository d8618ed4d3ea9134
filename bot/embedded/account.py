"""The system account that runs the server: PostgreSQL refuses to run as root."""

from __future__ import annotations

import contextlib
import os
import pwd
import stat
from pathlib import Path
from typing import TypedDict

from bot.errors import ConfigError


class RunAs(TypedDict, total=False):
    """Arguments for subprocess that switch to another account."""

    user: int
    group: int
    extra_groups: list[int]


def pick_account(data: Path, name: str = "") -> pwd.struct_passwd | None:
    """Return the account that runs the server; None means ourselves, because we are not root."""
    if os.geteuid() != 0:
        return None
    if name:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            raise ConfigError(f"BACKHAUL_PG_USER: there is no account {name!r} here.") from None
    with contextlib.suppress(OSError, KeyError):  # keep the owner of existing data
        owner = data.stat().st_uid
        if owner != 0:
            return pwd.getpwuid(owner)
    for usual in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(usual)
    raise ConfigError(
        "Running as root, and there is neither a postgres nor a nobody account for the database. "
        "Set BACKHAUL_PG_USER or DATABASE_URL, or run as another user."
    )


def run_as(account: pwd.struct_passwd | None) -> RunAs:
    """Return what subprocess needs to run something as this account."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def give(path: Path, account: pwd.struct_passwd | None) -> None:
    """Make the account own one file or folder; links are not followed."""
    if account is not None and path.lstat().st_uid != account.pw_uid:
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def give_tree(top: Path, account: pwd.struct_passwd | None) -> None:
    """Make the account own a tree, as after a volume moved between containers; hard links are left alone."""
    for folder, _, files in os.walk(top):
        for path in (Path(folder), *(Path(folder, file) for file in files)):
            if path.is_dir() or path.lstat().st_nlink == 1:
                give(path, account)


def reachable(path: Path, account: pwd.struct_passwd) -> bool:
    """Say whether the account may traverse the path and all its parents."""
    for part in (path, *path.parents):
        found = part.stat()
        if found.st_uid == account.pw_uid:
            bit = stat.S_IXUSR
        else:
            bit = stat.S_IXGRP if found.st_gid == account.pw_gid else stat.S_IXOTH
        if not found.st_mode & bit:
            return False
    return True
