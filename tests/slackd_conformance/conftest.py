"""One emulated workspace for a test: ann and ben, a newcomer, a guest, #noc, and a private room."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd.clock import VirtualClock
from tests.slackd_conformance.worker import client, worker


@pytest.fixture
async def isp() -> AsyncIterator[Slackd]:
    """On a clock that stands still, at any pace; only what Slack refuses counts; nobody listens."""
    async with Slackd(clock=VirtualClock(), manifest=worker(), strict=False, paced=False) as slack:
        world = slack.world
        world.add_person("UANN", "ann", "ann@acme.example")
        world.add_person("UBEN", "ben", "ben@acme.example", is_admin=True)
        world.add_person("UGST", "guest", "guest@acme.example", is_ultra_restricted=True)
        world.add_person("UOLD", "old", "old@acme.example", deleted=True)
        world.add_channel("CNOC", "noc", "UANN", "UBEN")
        world.add_channel("COUT", "outages", "UANN").members.discard("UBOT")
        world.add_channel("CSEC", "secret", "UANN", private=True).members.discard("UBOT")
        world.add_channel("CARC", "archive", "UANN", archived=True)
        world.add_usergroup("SNOC", "noc-team", "UANN", "UBEN")
        yield slack
        assert slack.violations == []


@pytest.fixture
def bot(isp: Slackd) -> AsyncWebClient:
    return client(isp)
