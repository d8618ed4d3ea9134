"""The state directory of one embedded server: its paths, passwords and data directory."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from pwd import struct_passwd

from bot.embedded.account import give, give_tree, reachable, run_as
from bot.errors import ConfigError

SUPERUSER = "postgres"
SOCKET_LIMIT = 100
"""The kernel refuses socket paths over 107 bytes."""
NO_SPACE = "No space left on device"

INITDB = (
    "--no-instructions",
    "--auth-local=scram-sha-256",
    "--auth-host=scram-sha-256",
    "--encoding=UTF8",
    # The built-in collation does not change with the machine's libc, so indexes stay sound.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
)


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Where one server keeps everything. `root` is private to the bot; `port` only names the socket file."""

    root: Path
    port: int = 5432

    @property
    def folder(self) -> Path:
        """What belongs to the server's account."""
        return self.root / "cluster"

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.folder / "data"

    @property
    def socket_dir(self) -> Path:
        """The 0700 folder of the socket; elsewhere when the path would be too long for the kernel."""
        usual = self.folder / "run"
        if len(os.fsencode(str(usual))) + len(f"/.s.PGSQL.{self.port}.lock") < SOCKET_LIMIT:
            return usual
        digest = hashlib.sha256(os.fsencode(str(self.root))).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"pg-{os.geteuid()}-{digest}"

    @property
    def startup_log(self) -> Path:
        """What the server said before its own log began."""
        return self.root / "startup.log"

    @property
    def initialised(self) -> bool:
        """Whether there is a data directory."""
        return (self.data / "PG_VERSION").exists()

    def password(self, name: str = "superuser") -> str:
        """Return the random password kept for a role, making it at first use."""
        file = self.root / f"{name}.password"
        if not file.exists():
            half = file.with_name(f".{file.name}.{os.getpid()}")
            descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as handle:
                handle.write(secrets.token_urlsafe(24))
            try:
                os.link(half, file)  # atomic, and the first of several processes wins
            except FileExistsError:
                pass
            finally:
                half.unlink()
        return file.read_text()

    def prepare(self, account: struct_passwd | None, *, running: bool) -> None:
        """Make the folders and see that the server's account owns and reaches them."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        give(self.folder, account)
        if account is not None:
            if not reachable(self.folder, account):
                raise ConfigError(
                    f"Running as root, so the database runs as {account.pw_name!r}, which cannot reach "
                    f"{self.folder}. Set BACKHAUL_HOME to a folder that others may enter, "
                    "such as /var/lib/backhaul."
                )
            if not running and self.data.exists() and self.data.stat().st_uid != account.pw_uid:
                give_tree(self.data, account)
        self._prepare_socket_dir(account)

    def _prepare_socket_dir(self, account: struct_passwd | None) -> None:
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        found = self.socket_dir.lstat()
        inside = self.root in self.socket_dir.parents  # else in /tmp, where anyone makes names
        ours = {os.geteuid(), account.pw_uid if account else os.geteuid()}
        if not stat.S_ISDIR(found.st_mode) or not (inside or found.st_uid in ours):
            raise ConfigError(f"{self.socket_dir} belongs to someone else; use a shorter BACKHAUL_HOME.")
        self.socket_dir.chmod(0o700)
        give(self.socket_dir, account)

    def check_version(self, installed: str) -> None:
        """Refuse binaries of another major version than the data."""
        have, want = (self.data / "PG_VERSION").read_text().strip(), installed.split(".", maxsplit=1)[0]
        if have != want:
            raise ConfigError(
                f"{self.data} was created by PostgreSQL {have}, and the installed one is {want}. "
                "Make a backup with the old version of the bot (backhaul backup), move the folder away, "
                "and restore with this one."
            )

    def initialise(self, bindir: Path, account: struct_passwd | None, *, durable: bool = True) -> None:
        """Run initdb beside the final place and rename: an interrupted one never looks initialised.

        Without `durable` it does not wait for the disk: for tests.
        """
        half = self.data.with_name(f"data.init{os.getpid()}")
        for old in self.folder.glob("data.init*"):
            shutil.rmtree(old)
        half.mkdir(mode=0o700)
        give(half, account)
        words = self.folder / f".pw{os.getpid()}"
        descriptor = os.open(words, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "w") as handle:
                handle.write(self.password())
            give(words, account)
            done = subprocess.run(  # noqa: S603 - our own binary, no input of others
                [
                    *(bindir / "initdb", "-D", half, "-U", SUPERUSER, "--pwfile", words),
                    *INITDB,
                    *(() if durable else ("--no-sync",)),
                ],
                check=False,
                cwd="/",
                env=server_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                **run_as(account),
            )
        finally:
            words.unlink(missing_ok=True)
        if done.returncode:
            shutil.rmtree(half, ignore_errors=True)
            said = (done.stderr or done.stdout).strip().splitlines()
            why = [line for line in said if "FATAL" in line or "error:" in line] or said[-1:]
            if NO_SPACE in " ".join(said):
                raise ConfigError(
                    f"The database could not be created: the disk of {self.folder} is full. "
                    "Make space and try again."
                )
            raise ConfigError(f"The database could not be created: {' '.join(why)}")
        half.rename(self.data)


def server_environment() -> dict[str, str]:
    """Return the environment for the server's programs: nobody's PG* settings, one locale, one zone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}
