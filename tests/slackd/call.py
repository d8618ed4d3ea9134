"""One call of a Web API method, and the table of methods."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.slackd.apps import App, Install, Token
from tests.slackd.errors import SlackError
from tests.slackd.residents import Channel, Person
from tests.slackd.workspace import Workspace

if TYPE_CHECKING:
    from tests.slackd.server import Slackd
    from tests.slackd.world import World

TRUE = frozenset({"true", "1", "yes", "on"})
STRUCTURED = frozenset(
    {
        *("blocks", "attachments", "metadata", "view", "message", "chunks", "unfurls", "prompts"),
        *("files", "loading_messages", "unfurled_attachments", "user_auth_blocks", "user_auth_message"),
        *("manifest", "changes", "criteria", "document_content", "outputs"),
    }
)
"""Arguments that are JSON also where the catalogue calls them strings."""
KINDS = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


@dataclass
class Call:
    """`args` as sent (JSON arguments decoded where they could be); `token` None where none is needed."""

    slack: Slackd
    name: str
    args: dict[str, Any]
    team: Workspace
    app: App
    token: Token | None = None
    install: Install | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.slack.world

    @property
    def user_id(self) -> str:
        """Who acts: the bot user, or the person whose user token it is."""
        return self.token.user_id if self.token else ""

    @property
    def bot_id(self) -> str:
        return self.install.bot_id if self.install else ""

    @property
    def scopes(self) -> set[str]:
        return self.token.scopes if self.token else set()

    def now(self) -> float:
        return self.world.clock.now()

    def warn(self, code: str) -> None:
        """Answer ok, with a warning."""
        self.warnings.append(code)

    def mind(self, what: str) -> None:
        """Slack lets it pass; a strict reader does not."""
        if self.slack.strict:
            self.world.violate(f"{self.name}: {what}")

    def required(self, name: str) -> str:
        if self.args.get(name) is None:
            raise missing(name)
        return str(self.args[name])

    def text(self, name: str, default: str = "") -> str:
        value = self.args.get(name)
        return default if value is None else str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.args.get(name)
        return default if value is None else str(value).lower() in TRUE

    def integer(self, name: str, default: int = 0) -> int:
        value = self.args.get(name)
        if value is None or value == "":
            return default
        try:
            return int(str(value))
        except ValueError as error:
            raise SlackError(
                "invalid_arguments", f"[ERROR] must be an integer [json-pointer:/{name}]"
            ) from error

    def structure(self, name: str, refusal: str = "invalid_arguments") -> Any:
        """A JSON argument: already decoded, or None; what is no JSON is refused."""
        value = self.args.get(name)
        if isinstance(value, str) and value:
            raise SlackError(refusal)
        return value or None

    def require_scope(self, *any_of: str) -> None:
        if not set(any_of) & self.scopes:
            raise missing_scope(any_of, self.scopes)

    def channel(
        self, name: str = "channel", *, member: bool = True, alive: bool = True, by_name: bool = False
    ) -> Channel:
        """The channel meant; `member`: the caller must be in it; `alive`: it may not be archived."""
        said = self.required(name)
        channel = self.team.find_channel(said) if by_name else self.team.channels.get(said)
        if channel is None or (self.user_id not in channel.members and not channel.is_public):
            raise SlackError("channel_not_found")
        if member and self.user_id not in channel.members:
            raise SlackError("not_in_channel")
        if alive and channel.archived:
            raise SlackError("is_archived")
        return channel

    def require_kind(self, channel: Channel, verb: str) -> None:
        """The scope for this kind of channel: `channels:history`, `groups:read`, `im:write` …"""
        self.require_scope(f"{KINDS[channel.kind]}:{verb}")

    def person(self, name: str = "user") -> Person:
        person = self.team.people.get(self.required(name))
        if person is None:
            raise SlackError("user_not_found")
        return person

    def emit(
        self, event: dict[str, Any], *, channel: Channel | None = None, app: App | None = None
    ) -> list[asyncio.Task[Any]]:
        """Tell the apps that listen what this call did; without a manifest an app hears of no calls."""
        if self.app.manifest is None:
            return []
        return self.slack.delivery.emit(self.team, event, channel=channel, app=app)


Handler = Callable[[Call], dict[str, Any] | Awaitable[dict[str, Any]]]
METHODS: dict[str, Handler] = {}


def method(*names: str) -> Callable[[Handler], Handler]:
    """`@method("chat.postMessage")` on a function of a Call; scope, tier and JSON come from the catalogue."""

    def register(fn: Handler) -> Handler:
        for name in names:
            METHODS[name] = fn
        return fn

    return register


def missing(*names: str) -> SlackError:
    return SlackError("invalid_arguments", *(f"[ERROR] missing required field: {name}" for name in names))


def missing_scope(any_of: tuple[str, ...], granted: set[str]) -> SlackError:
    return SlackError("missing_scope", needed=",".join(any_of), provided=",".join(sorted(granted)))


def decode(args: dict[str, Any], types: dict[str, str]) -> dict[str, Any]:
    """Read the arguments that a form carries as JSON; what is none stays as it was sent."""
    return {
        name: _decoded(value) if name in STRUCTURED or types.get(name) in {"array", "object"} else value
        for name, value in args.items()
    }


def _decoded(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in {"[", "{"}:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
