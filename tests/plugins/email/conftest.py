"""The office of the tests that send."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.plugins.conftest import OpenBench
from tests.plugins.email.mailing import Office, open_office


@pytest.fixture
async def office(open_bench: OpenBench) -> AsyncIterator[Office]:
    async with open_office(open_bench) as opened:
        yield opened
