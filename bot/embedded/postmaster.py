"""The server process: whether it lives, how it starts and how it stops."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import stat
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from pwd import struct_passwd

from bot.embedded.account import run_as
from bot.embedded.cluster import NO_SPACE, Cluster, server_environment
from bot.errors import ConfigError

NEVER_ALIVE = 4194305
"""One above the kernel's largest process number."""
STATUS_LINE = 7
SMALL_SHM = 512 << 20
TICK = 0.01
FATAL = re.compile(r"\b(?:FATAL|PANIC):")

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "maintenance_work_mem": "256MB",
    "work_mem": "16MB",
    "effective_cache_size": "1GB",
    "max_connections": "60",
    "max_wal_size": "1GB",
    "min_wal_size": "80MB",
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "wal_compression": "on",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_line_prefix": "%m [%p] %u@%d ",
    # The passwords are random and 192 bits long, so stretching them only makes connecting slow.
    "scram_iterations": "64",
}


class StillGoingAwayError(ConfigError):
    """Backends of a killed server still hold its shared memory; they end within moments."""


@dataclass(kw_only=True)
class Postmaster:
    """One server process over one cluster, started by us or by another process of ours."""

    cluster: Cluster
    child: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def status(self) -> tuple[int, str] | None:
        """Return the recorded process number and state; None without a readable record."""
        try:
            lines = (self.cluster.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), (lines[STATUS_LINE].strip() if len(lines) > STATUS_LINE else "")
        except (OSError, ValueError, IndexError):
            return None

    def alive(self) -> bool:
        """Say whether our server runs: not a zombie, not another process with its number."""
        if self.child is not None:
            self.child.poll()  # reap it, if it was our child
        found = self.status()
        return found is not None and self._is_ours(found[0])

    def _is_ours(self, pid: int) -> bool:
        data = str(self.cluster.data)
        if not Path("/proc/self").exists():
            done = subprocess.run(  # noqa: S603 - a number we parsed
                ["ps", "-p", str(pid), "-o", "stat=,command="],  # noqa: S607 - ps lies elsewhere on each system
                check=False,
                capture_output=True,
                text=True,
            )
            return data in done.stdout and not done.stdout.lstrip().startswith("Z")
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return False
            argv = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(data) in argv and b"postgres" in Path(os.fsdecode(argv[0])).name.encode()

    def launch(
        self, bindir: Path, account: struct_passwd | None, settings: dict[str, str], patience: float
    ) -> None:
        """Start the server and wait until it takes connections."""
        self._reap()
        self._retire_stale_record()
        with self.cluster.startup_log.open("wb") as log:
            self.child = subprocess.Popen(  # noqa: S603 - our own binary and settings
                [str(bindir / "postgres"), "-D", str(self.cluster.data), *self._arguments(settings)],
                cwd="/",
                env=server_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal must not stop the database before the bot
                **run_as(account),
            )
        self.wait_until_ready(patience)

    def wait_until_ready(self, patience: float) -> None:
        """Wait for a server that we or others just started."""
        deadline = time.monotonic() + patience
        while (found := self.status()) is None or found[1] != "ready" or not self._is_ours(found[0]):
            if not self.alive() and (self.child is None or self.child.poll() is not None):
                raise self._why_it_ended()
            if time.monotonic() > deadline:
                raise ConfigError(
                    f"The database did not become ready in {patience:.0f} s; it may still be recovering. "
                    f"See {self.cluster.data}/log, then try again."
                )
            time.sleep(TICK)

    def _arguments(self, settings: dict[str, str]) -> list[str]:
        chosen = {
            **SETTINGS,
            "port": str(self.cluster.port),
            "unix_socket_directories": str(self.cluster.socket_dir),
            **_shared_memory(),
            **settings,
        }
        return [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]

    def _why_it_ended(self) -> ConfigError:
        logs = sorted((self.cluster.data / "log").glob("*.log"), key=lambda one: one.stat().st_mtime)
        said = self.cluster.startup_log.read_text(errors="replace")
        tail = logs[-1].read_text(errors="replace")[-2000:] if logs else ""
        kind = StillGoingAwayError if "pre-existing shared memory block" in said + tail else ConfigError
        fatal = [line for line in said.splitlines() if FATAL.search(line)]
        fatal = fatal or [line for line in tail.splitlines() if FATAL.search(line)][-1:]
        if NO_SPACE in " ".join(fatal):
            return ConfigError(
                f"The database cannot start: the disk of {self.cluster.folder} is full. What was saved is "
                "there still; make space and try again."
            )
        return kind(f"The database ended while starting: {' '.join(fatal) or f'{said} {tail}'}")

    def _retire_stale_record(self) -> None:
        """Mark the recorded server as dead: it ended, is a zombie, or its number is another's now.

        The record is never deleted: its last lines let the new server see that backends of the dead one
        still hold its shared memory. Only the number changes, to one that is never alive.
        """
        with contextlib.suppress(FileNotFoundError):
            descriptor = os.open(
                self.cluster.data / "postmaster.pid", os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
            )
            with os.fdopen(descriptor, "r+") as handle:
                found = os.fstat(descriptor)  # we may be root, and the folder belongs to the server's account
                if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
                    raise ConfigError(f"{self.cluster.data}/postmaster.pid is not a plain file.")
                if lines := handle.read().splitlines(keepends=True):
                    handle.seek(0)
                    handle.write("".join([f"{NEVER_ALIVE}\n", *lines[1:]]))
                    handle.truncate()
        lock = self.cluster.socket_dir / f".s.PGSQL.{self.cluster.port}.lock"
        lock.unlink(missing_ok=True)  # holds no shared memory key

    def _reap(self) -> None:
        """Collect a child that just ended, so that no zombie and no warning is left of it."""
        if self.child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(5.0)

    def let_go(self) -> None:
        """Leave the server to the others that use it; without this, Popen warns about a running child."""
        if self.child is not None and self.child.returncode is None:
            self.child.returncode = 0
        self.child = None

    def shut_down(self) -> None:
        """Stop the server: fast, then immediate; never SIGKILL."""
        found = self.status()
        if found is None or not self._is_ours(found[0]):
            self._reap()
            return
        for number, patience in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(found[0], number)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if not self.alive():
                    self._reap()
                    return
                time.sleep(TICK)


def _shared_memory() -> dict[str, str]:
    """Keep away from a small /dev/shm (Docker gives 64 MB): parallel index builds die there."""
    with contextlib.suppress(OSError):
        found = os.statvfs("/dev/shm")  # noqa: S108 - only asked for its size
        if found.f_bavail * found.f_frsize < SMALL_SHM:
            return {"dynamic_shared_memory_type": "mmap"}
    return {}
