"""A small, strict Slack on loopback: Web API, Events API with retries, Socket Mode, and people to play."""

from tests.slackd.server import Slackd

__all__ = ["Slackd"]
