"""The `drymail` connector: a mailer that only pretends, for demos and for trying things; nothing leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.api import (
    BaseModel,
    Connector,
    ConnectorContext,
    Field,
    Health,
    HealthCheck,
    PluginInfo,
    Unavailable,
    hookimpl,
)
from plugins.email.port import Delivery, HandOver, Outcome, Outgoing, Sender

KEPT = "only pretended, it would have gone to {to}"


class DrySettings(BaseModel):
    """Who messages would come from."""

    from_address: str = Field("", max_length=254, description="Empty: care@ and the workspace's name.")
    per_minute: int = Field(600, ge=1, le=100_000, description="The most that would leave in a minute.")


class DryMailer:
    """Takes every message and sends none."""

    def __init__(self, context: ConnectorContext) -> None:
        if not isinstance(context.settings, DrySettings):
            raise Unavailable("An admin turns the plugin drymail on.")
        self._settings = context.settings
        self._tenant = context.tenant

    def sender(self) -> Sender:
        """Return who messages would come from."""
        address = self._settings.from_address or f"care@{self._tenant.slug}.example"
        return Sender(
            address=address, name=self._tenant.name, per_minute=self._settings.per_minute, pretends=True
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[DryMailer]:
        """Return itself: there is nothing to connect to."""
        yield self

    async def send(self, message: Outgoing, hand_over: HandOver) -> Delivery:
        """Do all that is done before a message leaves, and keep it here."""
        await hand_over()
        return Delivery(outcome=Outcome.SENT, said=KEPT.format(to=message.to))

    async def applied(self, key: str) -> bool | None:
        """Say of no effect that it happened: nothing ever does."""
        del key
        return False


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are."""
    return PluginInfo(
        name="drymail",
        about="Pretend to send e-mail: everything is kept as sent, and nothing leaves.",
        settings=DrySettings,
        needs=("email",),
    )


@hookimpl
def register_connectors() -> Sequence[Connector]:
    """Stand behind the port that sends."""
    return [Connector(name="drymail", port="mailer", source="pretence", open=DryMailer, settings=DrySettings)]


async def pretends(_ctx: object) -> Health:
    """Say plainly what this is."""
    return Health(ok=True, detail="e-mails are kept here and none leaves")


@hookimpl
def register_health_checks() -> Sequence[HealthCheck]:
    """Tell whoever looks that mail only seems to be sent."""
    return [HealthCheck(name="pretence", run=pretends)]
