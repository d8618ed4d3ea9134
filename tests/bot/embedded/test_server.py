"""The embedded server: its own files, its own passwords, shared by processes and stopped by the last."""

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from bot.db.database import Database
from bot.db.urls import connect_kwargs
from bot.embedded import distribution, postmaster
from bot.embedded.scratch import state_folder
from bot.embedded.server import EmbeddedPostgres
from bot.errors import ConfigError, OutcomeUnknown, Unavailable

FAST = {"fsync": "off", "shared_buffers": "16MB"}
Make = Callable[..., EmbeddedPostgres]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path that the server's account may enter; pytest's own are closed to others."""
    made = Path(tempfile.mkdtemp(prefix="bh-", dir=state_folder().parent))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def make(folder: Path) -> Iterator[Make]:
    made: list[EmbeddedPostgres] = []

    def one(**more) -> EmbeddedPostgres:
        made.append(EmbeddedPostgres(**{"root": folder / "pg", "settings": FAST, **more}))
        return made[-1]

    yield one
    for server in made:
        server.stop()


async def ask(server: EmbeddedPostgres, sql: str = "select 1", **other) -> object:
    connection = await asyncpg.connect(**{**connect_kwargs(server.url()), **other})
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_it_starts_says_what_is_slow_and_stops(make: Make) -> None:
    steps: list[str] = []
    server = make(on_progress=steps.append).start()
    assert await ask(server) == 1
    assert any("Creating the embedded database" in step for step in steps)
    server.stop()
    assert not server.postmaster.alive()
    steps.clear()
    server.start()
    assert await ask(server) == 1
    assert steps == []


async def test_it_listens_on_a_private_socket_only_and_asks_for_a_password(make: Make) -> None:
    server = make().start()
    assert await ask(server, "show listen_addresses") == ""
    assert stat.S_IMODE(server.cluster.socket_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.cluster.data.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.root / "superuser.password").stat().st_mode) == 0o600
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(server, password="wrong")
    assert (
        await ask(server, "select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'") == 0
    )
    argv = Path(f"/proc/{server.postmaster.status()[0]}/cmdline")
    if argv.exists():
        assert server.cluster.password().encode() not in argv.read_bytes()


@pytest.mark.skipif(os.geteuid() != 0, reason="switches accounts only as root")
async def test_as_root_it_runs_as_another_and_opens_nothing(make: Make, folder: Path) -> None:
    before = stat.S_IMODE(Path(sys.prefix).stat().st_mode), stat.S_IMODE(folder.stat().st_mode)
    server = make().start()
    owner = Path(f"/proc/{server.postmaster.status()[0]}").stat().st_uid
    assert owner != 0
    assert server.cluster.data.stat().st_uid == owner
    assert (stat.S_IMODE(Path(sys.prefix).stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == before
    server.stop()
    os.chown(server.cluster.data, 0, 0)  # as if the container had been made anew
    server.start()
    assert await ask(server) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="switches accounts only as root")
def test_as_root_a_closed_folder_is_said(make: Make, folder: Path) -> None:
    folder.chmod(0o700)
    with pytest.raises(ConfigError, match="BACKHAUL_HOME"):
        make().start()
    with pytest.raises(ConfigError, match="BACKHAUL_PG_USER: there is no account"):
        make(user="no-such-account").start()


@pytest.mark.skipif(os.geteuid() != 0, reason="switches accounts only as root")
def test_it_runs_without_root_too(folder: Path) -> None:
    account = pwd.getpwnam("nobody")
    os.chown(folder, account.pw_uid, account.pw_gid)
    found = distribution.find_distribution()
    bindir = distribution.usable_bindir(found, account, folder / "shelf", lambda _step: None)
    script = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from bot.embedded.server import EmbeddedPostgres as E\n"
        "with E(root=Path(sys.argv[2]) / 'pg', bindir=Path(sys.argv[3]), settings={'fsync': 'off'}) as server:\n"
        "    print(server.postmaster.alive(), (server.root / 'cluster').stat().st_mode & 0o777)"
    )
    python = shutil.which("python3", path="/usr/bin:/bin")
    version = subprocess.run(
        [python or "false", "-c", "import sys; print(sys.version_info >= (3, 11))"],
        capture_output=True,
        text=True,
        check=False,
    )
    if version.stdout.strip() != "True":
        pytest.skip("no Python 3.11 that other accounts may run")
    source = folder / "source"
    shutil.copytree(
        Path(distribution.__file__).parent.parent,
        source / "bot",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)
    done = subprocess.run(
        [python, "-c", script, source, folder, bindir],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        env={"HOME": "/", "PATH": "/usr/bin:/bin"},
    )
    assert done.stdout.split() == ["True", str(0o700)], done.stderr


async def test_two_share_it_and_the_last_one_stops_it(make: Make) -> None:
    first, second = make().start(), make()
    second.start()
    assert first.postmaster.status() == second.postmaster.status()
    first.stop()
    assert await ask(second) == 1
    second.stop()
    assert not second.postmaster.alive()


async def test_several_cold_starters_agree_on_one_server(make: Make) -> None:
    servers = [make() for _ in range(4)]
    await asyncio.gather(*(asyncio.to_thread(server.start) for server in servers))
    assert len({server.postmaster.status() for server in servers}) == 1
    assert await ask(servers[0], "select count(*) from pg_database") == 3
    for server in servers[:-1]:
        server.stop()
    assert await ask(servers[-1]) == 1


async def test_a_killed_user_does_not_keep_it_running(make: Make, folder: Path) -> None:
    server = make().start()
    code = (
        "import sys, time; from pathlib import Path; from bot.embedded.server import EmbeddedPostgres as E\n"
        f"E(root=Path({str(folder / 'pg')!r})).start(); print('up', flush=True); time.sleep(600)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment) as user:
        assert user.stdout.readline() == b"up\n"
        user.kill()
    server.stop()
    assert not server.postmaster.alive()


async def test_it_comes_back_with_its_rows_after_kill_9(make: Make) -> None:
    server = make().start()
    await ask(server, "create table kept as select 7 as x")
    os.kill(server.postmaster.status()[0], signal.SIGKILL)
    while server.postmaster.alive():
        await asyncio.sleep(0.001)
    server.start()
    assert await ask(server, "select x from kept") == 7


async def test_a_record_of_somebody_elses_process_does_not_stop_it(make: Make) -> None:
    server = make().start()
    server.stop()
    record = server.cluster.data / "postmaster.pid"
    record.write_text(f"{os.getpid()}\n{server.cluster.data}\n0\n5432\n\n\n0 0\nready\n")
    assert not server.postmaster.alive()
    server.start()
    assert await ask(server) == 1


def test_a_record_that_is_a_link_is_not_followed(make: Make, folder: Path) -> None:
    server = make().start()
    server.stop()
    victim = folder / "victim"
    victim.write_text("123\nprecious\n")
    (server.cluster.data / "postmaster.pid").symlink_to(victim)
    with pytest.raises((OSError, ConfigError)):
        server.start()
    assert victim.read_text() == "123\nprecious\n"
    (server.cluster.data / "postmaster.pid").unlink()


async def test_an_interrupted_first_start_is_begun_again(make: Make) -> None:
    server = make()
    half = server.cluster.folder / "data.init99"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server.start()
    assert await ask(server) == 1
    assert not half.exists()


def test_data_of_another_version_is_refused_in_words(make: Make) -> None:
    server = make().start()
    server.stop()
    (server.cluster.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(ConfigError, match="created by PostgreSQL 12"):
        server.start()


def test_a_server_that_can_not_start_says_why(make: Make) -> None:
    with pytest.raises(ConfigError, match="no_such_setting"):
        make(settings={"no_such_setting": "1"}).start()
    with pytest.raises(ConfigError, match="no postgres program"):
        make(bindir=Path("/nowhere")).start()


async def test_a_long_path_gets_a_short_socket(make: Make, folder: Path) -> None:
    server = make(root=folder / ("d" * 60) / ("e" * 60) / "pg").start()
    try:
        assert await ask(server) == 1
        assert len(str(server.cluster.socket_dir)) < 60
        assert stat.S_IMODE(server.cluster.socket_dir.stat().st_mode) == 0o700
    finally:
        server.stop()
        server.cluster.socket_dir.rmdir()


async def test_a_small_shared_memory_is_left_alone(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postmaster, "SMALL_SHM", 1 << 62)
    server = make().start()
    assert await ask(server, "show dynamic_shared_memory_type") == "mmap"


def test_stopping_twice_or_unstarted_does_nothing(make: Make) -> None:
    server = make()
    server.stop()
    server.start()
    server.stop()
    server.stop()


async def test_the_database_starts_a_server_that_died_again(make: Make) -> None:
    server = make().start()
    database = Database(runtime_url=server.url(), server=server)
    async with database.system() as session:
        await session.execute(text("select 1"))
    killed = server.postmaster.status()[0]
    os.kill(killed, signal.SIGKILL)
    answered = False
    for _ in range(40):  # backends of a killed server live on for a moment, and connections notice late
        with contextlib.suppress(Unavailable, OutcomeUnknown):
            async with database.system() as session:
                answered = (await session.execute(text("select 1"))).scalar_one() == 1
        if answered and server.postmaster.status()[0] != killed:
            break
        await asyncio.sleep(0.1)
    assert answered
    assert server.postmaster.status()[0] != killed
    await database.close()
