"""The `imap` connector: what comes back by e-mail is read from a mailbox of the provider's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.api import Connector, Context, Health, HealthCheck, PluginInfo, Unavailable, hookimpl
from plugins.connectors.imap.mailbox import ImapBox
from plugins.connectors.imap.settings import ImapSettings
from plugins.email.port import Returns


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are."""
    return PluginInfo(
        name="imap",
        about="Read the mailbox that takes bounces, and mark what came back.",
        settings=ImapSettings,
        needs=("email",),
    )


@hookimpl
def register_connectors() -> Sequence[Connector]:
    """Stand behind the port that reads; what follows is the e-mail plugin's."""
    return [Connector(name="imap", port="returns", source="IMAP", open=ImapBox, settings=ImapSettings)]


async def answers(ctx: Context[Any]) -> Health:
    """Say whether the mailbox can be read."""
    box = ctx.port(Returns)
    if not isinstance(box, ImapBox):
        return Health(ok=True, detail="another system reads what comes back here")
    try:
        said = await box.look()
    except Unavailable as trouble:
        return Health(ok=False, detail=str(trouble))
    return Health(ok=True, detail=said)


@hookimpl
def register_health_checks() -> Sequence[HealthCheck]:
    """Open the mailbox."""
    return [HealthCheck(name="mailbox", run=answers)]
