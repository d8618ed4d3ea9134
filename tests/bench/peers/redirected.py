"""Sends the Slack SDK of another bot to the emulator: those bots have no setting for the address."""

import os

from slack_sdk.web.async_base_client import AsyncBaseClient
from slack_sdk.web.base_client import BaseClient

REAL = "https://slack.com/api/"


def redirect() -> None:
    """Make every client of this process talk to SLACK_API_URL."""
    for client in (BaseClient, AsyncBaseClient):
        defaults = client.__init__.__defaults__
        client.__init__.__defaults__ = tuple(
            os.environ["SLACK_API_URL"] if d == REAL else d for d in defaults
        )
