"""Configuration: read once, checked at start, never printed in clear."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from bot import config as module
from bot.config import Config, read_config, settings_table
from bot.errors import ConfigError


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in settings_table():
        monkeypatch.delenv(setting.name, raising=False)


def test_nothing_set_means_the_embedded_database_and_no_slack() -> None:
    config = read_config()
    assert config.embedded
    assert config.slack_bot_token is None
    assert (config.host, config.port) == ("127.0.0.1", 8080)


@pytest.mark.parametrize(
    ("uid", "home"), [(0, "/var/lib/backhaul"), (1000, "/home/ana/.local/share/backhaul")]
)
def test_home_depends_on_who_runs_it(monkeypatch: pytest.MonkeyPatch, uid: int, home: str) -> None:
    monkeypatch.setattr(module, "os", SimpleNamespace(geteuid=lambda: uid))
    monkeypatch.setenv("HOME", "/home/ana")
    assert read_config().home == Path(home)


def test_the_environment_is_read_under_the_documented_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKHAUL_HOME", "~/bot")
    monkeypatch.setenv("HOME", "/home/ana")
    monkeypatch.setenv("DATABASE_URL", "postgres://a:b@db/x")
    monkeypatch.setenv("BACKHAUL_PLUGINS_OFF", "email, network,")
    monkeypatch.setenv("BACKHAUL_LOG", "DEBUG")
    monkeypatch.setenv("BACKHAUL_PORT", "0")
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9000/api")
    config = read_config()
    assert config.home == Path("/home/ana/bot")
    assert not config.embedded
    assert config.plugins_blocked == {"email", "network"}
    assert (config.log, config.port) == ("debug", 0)
    assert config.slack_api_url == "http://127.0.0.1:9000/api/"


def test_variables_of_other_programs_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    before, home = read_config(), str(Path.home())
    for name in Config.model_fields:
        if not name.startswith(("slack_", "database_url", "database_owner", "database_backup")):
            monkeypatch.setenv(name.upper(), "1")
    monkeypatch.setenv("HOME", home)
    assert read_config() == before


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("BACKHAUL_PORT", "")
    assert read_config() == read_config(port=8080)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BACKHAUL_PORT", "hush-99999"),
        ("BACKHAUL_PORT", "70000"),
        ("DATABASE_URL", "mysql://root:hush@db/x"),
        ("BACKHAUL_LOG", "hush"),
        ("BACKHAUL_DATABASE_POOL", "0"),
        ("SLACK_API_URL", "hush://x"),
    ],
)
def test_a_wrong_setting_is_named_with_its_purpose_and_not_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        read_config()
    said = str(caught.value)
    about = next(setting.about for setting in settings_table() if setting.name == name)
    assert name in said
    assert about in said
    assert "hush" not in said


def test_several_wrong_settings_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKHAUL_PORT", "x")
    monkeypatch.setenv("BACKHAUL_LOG", "x")
    with pytest.raises(ConfigError, match=r"BACKHAUL_PORT[\s\S]*BACKHAUL_LOG"):
        read_config()


def test_it_is_frozen_and_keeps_its_secrets() -> None:
    config = read_config(database_url="postgresql://a:hush@db/x", slack_bot_token="xoxb-hush", key="hush")
    assert "hush" not in repr(config) + str(config) + config.model_dump_json()
    with pytest.raises(ValidationError):
        config.port = 1


def test_every_setting_is_described_and_named_like_the_others() -> None:
    for setting in settings_table():
        assert setting.about.endswith("."), setting.name
        assert setting.name.startswith(("BACKHAUL_", "DATABASE_", "SLACK_", "OTEL_")), setting.name
        assert not (setting.secret and setting.default)
    assert len(settings_table()) == len(Config.model_fields)


def test_every_secret_is_held_as_one() -> None:
    for setting in settings_table():
        looks_secret = any(
            word in setting.name
            for word in ("TOKEN", "SECRET", "KEY", "DATABASE_URL", "OWNER_URL", "BACKUP_URL")
        )
        assert setting.secret == looks_secret, setting.name
