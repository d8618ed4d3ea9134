"""One IMAP server for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.plugins.connectors.imap.server import ImapServer, imap_server


@pytest.fixture(scope="module")
def imap() -> Iterator[ImapServer]:
    with imap_server() as running:
        yield running
