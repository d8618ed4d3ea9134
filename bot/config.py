"""Every environment variable of the bot: read once, at start, into a frozen `Config`."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigError

ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")


def _default_home() -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/backhaul")
    return Path.home() / ".local" / "share" / "backhaul"


class Config(BaseSettings):
    """What the environment says. Secrets never print; nothing changes after start."""

    model_config = SettingsConfigDict(
        frozen=True,
        populate_by_name=True,
        env_prefix="BACKHAUL_",  # else populate_by_name would read HOME, PORT and HOST as ours
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    home: Path = Field(
        default_factory=_default_home,
        validation_alias="BACKHAUL_HOME",
        description="Folder for the embedded database and the key file. "
        "Default: /var/lib/backhaul as root, else ~/.local/share/backhaul.",
    )
    key: SecretStr | None = Field(
        default=None,
        validation_alias="BACKHAUL_KEY",
        description="Master key that seals secrets at rest: base64 of 32 bytes. To change it, "
        "list both as `new,old`: the first seals, all open; an id may stand before each, `2027:base64`. "
        "Default: the file master.key in the home folder.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        validation_alias="DATABASE_URL",
        description="PostgreSQL 15 or newer with pgvector 0.7 or newer, as the role the bot works as "
        "(neither superuser nor BYPASSRLS nor owner of the tables). Default: the embedded database.",
    )
    database_owner_url: SecretStr | None = Field(
        default=None,
        validation_alias="DATABASE_OWNER_URL",
        description="The same database as the role that owns the tables; only migrations use it.",
    )
    database_backup_url: SecretStr | None = Field(
        default=None,
        validation_alias="DATABASE_BACKUP_URL",
        description="The same database as a role with BYPASSRLS that may read everything; only "
        "`backhaul backup` uses it.",
    )
    database_pool: int = Field(
        default=10,
        ge=1,
        le=500,
        validation_alias="BACKHAUL_DATABASE_POOL",
        description="Database connections of one process: up to twice as many, opened when needed and kept.",
    )
    pg_bin: Path | None = Field(
        default=None,
        validation_alias="BACKHAUL_PG_BIN",
        description="Folder with the programs of the PostgreSQL to embed, instead of the bundled ones.",
    )
    pg_user: str = Field(
        default="",
        validation_alias="BACKHAUL_PG_USER",
        description="Account that runs the embedded database when the bot runs as root. "
        "Default: the owner of existing data, else postgres, else nobody.",
    )
    pg_portable: bool = Field(
        default=False,
        validation_alias="BACKHAUL_PG_PORTABLE_VECTOR",
        description="Use the pgvector that runs on every processor even where the bundled one would do.",
    )
    plugins_off: str = Field(
        default="",
        validation_alias="BACKHAUL_PLUGINS_OFF",
        description="Names of plugins that are not even imported, separated by commas.",
    )
    host: str = Field(
        default="127.0.0.1",
        validation_alias="BACKHAUL_HOST",
        description="Address the web server listens on.",
    )
    port: int = Field(
        default=8080,
        ge=0,
        le=65535,
        validation_alias="BACKHAUL_PORT",
        description="Port the web server listens on; 0 takes a free one.",
    )
    public_url: str = Field(
        default="",
        validation_alias="BACKHAUL_PUBLIC_URL",
        description="Address under which people reach the web pages, such as https://bot.example.net; "
        "signing in needs it. Default: none, and the pages work on this machine (127.0.0.1) only.",
    )
    log: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        validation_alias="BACKHAUL_LOG",
        description="Least severe log line written: debug, info, warning or error.",
    )
    log_format: Literal["auto", "json", "console"] = Field(
        default="auto",
        validation_alias="BACKHAUL_LOG_FORMAT",
        description="json, console, or auto: console at a terminal, else json.",
    )
    slack_bot_token: SecretStr | None = Field(
        default=None,
        validation_alias="SLACK_BOT_TOKEN",
        description="Slack bot token (xoxb-…) of a single workspace.",
    )
    slack_app_token: SecretStr | None = Field(
        default=None,
        validation_alias="SLACK_APP_TOKEN",
        description="Slack app-level token (xapp-…); turns Socket Mode on.",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        validation_alias="SLACK_SIGNING_SECRET",
        description="Slack signing secret; turns signed HTTP on.",
    )
    slack_client_id: str = Field(
        default="",
        validation_alias="SLACK_CLIENT_ID",
        description="Client id of the Slack app; with its secret, workspaces are connected by "
        "`backhaul slack install-link`.",
    )
    slack_client_secret: SecretStr | None = Field(
        default=None,
        validation_alias="SLACK_CLIENT_SECRET",
        description="Client secret of the Slack app.",
    )
    slack_tenant: str = Field(
        default="",
        validation_alias="SLACK_TENANT",
        description="Tenant the workspace of SLACK_BOT_TOKEN belongs to. Default: the only tenant there is.",
    )
    slack_keep_trying_hours: float = Field(
        default=48,
        ge=1,
        le=24 * 14,
        validation_alias="BACKHAUL_SLACK_KEEP_TRYING_HOURS",
        description="Hours for which an answer is tried again while Slack is away or refuses the token; "
        "then it is given up, and the admins are told.",
    )
    slack_record: Path | None = Field(
        default=None,
        validation_alias="BACKHAUL_SLACK_RECORD",
        description="Folder that gets what Slack sends, scrubbed, kept a week. See `backhaul replay`.",
    )
    slack_record_words: bool = Field(
        default=False, validation_alias="BACKHAUL_SLACK_RECORD_WORDS", description="Record words in clear."
    )
    embeddings_url: str = Field(
        default="",
        validation_alias="BACKHAUL_EMBEDDINGS_URL",
        description="Address of a server that speaks the embeddings form of OpenAI, such as "
        "http://127.0.0.1:8080/v1, for tenants that chose it with `tenants set --embedder server`.",
    )
    embeddings_model: str = Field(
        default="multilingual-e5-small",
        validation_alias="BACKHAUL_EMBEDDINGS_MODEL",
        description="Name of the model that server is asked for.",
    )
    embeddings_dimensions: int = Field(
        default=384,
        ge=1,
        validation_alias="BACKHAUL_EMBEDDINGS_DIMENSIONS",
        description="Numbers per vector of that model.",
    )
    embeddings_key: SecretStr | None = Field(
        default=None,
        validation_alias="BACKHAUL_EMBEDDINGS_KEY",
        description="Key for that server, if it wants one.",
    )
    otlp_endpoint: str | None = Field(
        default=None,
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="Address of an OpenTelemetry collector (OTLP over HTTP) that gets a span per call; "
        "needs the extra `tracing`. Default: no traces.",
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/",
        validation_alias="SLACK_API_URL",
        description="Address of Slack's Web API; another one for tests and proxies.",
    )

    @field_validator("home", "pg_bin", "slack_record")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return None if value is None else value.expanduser().absolute()

    @field_validator("log", "log_format", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("database_url", "database_owner_url", "database_backup_url")
    @classmethod
    def _postgres(cls, value: SecretStr | None) -> SecretStr | None:
        schemes = ("postgres://", "postgresql://", "postgresql+asyncpg://")
        if value is not None and not value.get_secret_value().startswith(schemes):
            raise ValueError("is not a PostgreSQL URL such as postgresql://role:password@host:5432/backhaul")
        return value

    @field_validator("public_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        if not value:
            return value
        found = ORIGIN.fullmatch(value.strip().rstrip("/").lower())
        if found is None:
            raise ValueError("is not an address such as https://bot.example.net, without a path")
        if found["scheme"] == "http" and found["host"] not in {"localhost", "127.0.0.1", "[::1]"}:
            raise ValueError("must begin with https://; plain http is for 127.0.0.1 only")
        return found[0]

    @field_validator("slack_api_url")
    @classmethod
    def _ends_in_slash(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("is not an http(s) address")
        return value.rstrip("/") + "/"

    @property
    def plugins_blocked(self) -> frozenset[str]:
        """The plugins named in BACKHAUL_PLUGINS_OFF."""
        return frozenset(name.strip() for name in self.plugins_off.split(",") if name.strip())

    @property
    def embedded(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url is None


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One environment variable, for documentation and `backhaul check`."""

    name: str
    about: str
    default: str
    secret: bool


def read_config(**overrides: object) -> Config:
    """Read the environment; `overrides` win. Raises ConfigError that names each bad setting."""
    try:
        return Config(**overrides)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        raise ConfigError(_explain(error)) from None


def settings_table() -> Sequence[Setting]:
    """Return every environment variable the bot reads, in the order of `Config`."""
    return tuple(_setting(field) for field in Config.model_fields.values())


def _setting(field: FieldInfo) -> Setting:
    secret = "SecretStr" in str(field.annotation)
    plain = field.default if field.default_factory is None else None
    return Setting(
        name=str(field.validation_alias),
        about=field.description or "",
        default="" if plain is None or secret else str(plain),
        secret=secret,
    )


def _explain(error: ValidationError) -> str:
    """Say which settings are wrong and what each is for, without repeating their values."""
    by_name = {setting.name: setting for setting in settings_table()}
    by_field = {name: str(field.validation_alias) for name, field in Config.model_fields.items()}
    lines = []
    for one in error.errors(include_input=False, include_url=False):
        place = str(one["loc"][0]) if one["loc"] else ""
        name = by_field.get(place, place)
        wrong = one["msg"].removeprefix("Value error, ")
        about = by_name[name].about if name in by_name else ""
        lines.append(f"{name}: {wrong}. {about}".strip())
    return "The configuration does not fit; mend these environment variables:\n  " + "\n  ".join(lines)
