"""A real IMAP server (pymap) in a process of its own on loopback, and a way to put mail into its folders."""

from __future__ import annotations

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

USER, PASSWORD = "bounces", "pass word"
START = 30.0


@dataclass
class ImapServer:
    """A running server; each test takes a folder of its own."""

    port: int
    names: Iterator[int] = field(default_factory=count)

    @contextmanager
    def logged_in(self) -> Iterator[imaplib.IMAP4]:
        server = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        try:
            server.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
            yield server
        finally:
            server.logout()

    def folder(self) -> str:
        """Make a new folder."""
        name = f"Bounces {next(self.names)}"
        with self.logged_in() as server:
            assert server.create(f'"{name}"')[0] == "OK"
        return name

    def put(self, folder: str, *mails: str | bytes) -> None:
        """Deliver mails."""
        with self.logged_in() as server:
            for mail in mails:
                raw = mail.encode() if isinstance(mail, str) else mail
                answer, said = server.append(f'"{folder}"', "", imaplib.Time2Internaldate(time.time()), raw)
                assert answer == "OK", said

    def again(self, folder: str, *mails: str | bytes) -> None:
        """Make the folder anew, with these mails in it: the server counts them from one under a new validity."""
        with self.logged_in() as server:
            server.delete(f'"{folder}"')
            assert server.create(f'"{folder}"')[0] == "OK"
        self.put(folder, *mails)

    def flags(self, folder: str) -> list[bytes]:
        """Return the flags of every mail."""
        with self.logged_in() as server:
            server.select(f'"{folder}"', readonly=True)
            return [bytes(line) for line in server.fetch("1:*", "(FLAGS)")[1] if line]


@contextmanager
def imap_server(certificate: Path | None = None) -> Iterator[ImapServer]:
    """Run the server; with a folder that holds cert.pem and key.pem it offers STARTTLS."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    tls = (
        ["--no-tls"]
        if certificate is None
        else ["--cert", f"{certificate}/cert.pem", "--key", f"{certificate}/key.pem"]
    )
    words = [
        sys.executable,
        "-c",
        "from pymap.main import main; main()",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        *tls,
    ]
    words += ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, child)
        yield ImapServer(port)
    finally:
        child.kill()
        child.wait()


def _wait(port: int, child: subprocess.Popen[bytes]) -> None:
    """Return once it answers."""
    until = time.monotonic() + START
    while time.monotonic() < until and child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the IMAP server did not start")
