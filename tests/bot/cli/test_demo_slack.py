"""The demo's Slack: who is in it, how the service finds it, and what is said where it cannot be."""

from __future__ import annotations

import socket
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import demo_slack
from bot.cli.main import app
from bot.cli.opened import config
from bot.demo import PERSONAS
from bot.errors import BadInput, ConfigError
from tests.left_behind import logging_kept


async def test_the_people_of_the_demo_are_there_with_a_guest_and_a_stranger() -> None:
    slack = demo_slack.make_workspace(0)
    people = slack.world.people.values()
    assert set(PERSONAS.values()) <= {each.email for each in people}
    assert {"is_guest": True, "is_stranger": True}.items() <= {
        name: any(getattr(each, name) for each in people) for name in ("is_guest", "is_stranger")
    }.items()
    assert len(slack.world.workspaces) == 1
    assert slack.world.run
    assert "files:read" in slack.world.install.scopes, "what may be left out is granted too"


async def test_the_service_is_told_of_the_emulated_slack_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.setenv(name, "of-a-real-workspace")
    monkeypatch.setenv("SLACK_API_URL", "https://slack.com/api/")
    monkeypatch.setenv("SLACK_TENANT", "another")
    async with demo_slack.make_workspace(0) as slack:
        with logging_kept():
            made = config(**demo_slack.settings_of(slack))
        page = demo_slack.page_of(slack, PERSONAS["noc"])
    assert (made.slack_api_url, made.slack_tenant) == (slack.api_url, "savanna")
    assert made.slack_bot_token and made.slack_bot_token.get_secret_value() == slack.world.bot_token
    assert made.slack_app_token and made.slack_app_token.get_secret_value() == slack.world.app_token
    assert made.slack_signing_secret is None
    assert page == f"http://{slack.base}/?user=UNILS"


def test_an_installation_without_the_tests_says_where_to_find_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_slack, "CLONE", tmp_path)
    with pytest.raises(ConfigError, match="comes with a clone of the repository"):
        demo_slack.find_emulator()


async def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadInput, match=f"Port {port} is taken"):
            await demo_slack.serve_slack("", port=port, size=None, stale_after=timedelta(days=2))


def test_the_second_provider_has_no_slack() -> None:
    with logging_kept():
        answer = CliRunner().invoke(app, ["demo", "--slack", "--tenant", "lakeside"])
    assert answer.exit_code == 2
    assert "workspace of savanna" in answer.output
