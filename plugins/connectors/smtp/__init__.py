"""The `smtp` connector: e-mail leaves through an SMTP server of the provider's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.api import Connector, Context, Health, HealthCheck, PluginInfo, Unavailable, hookimpl
from plugins.connectors.smtp.mailer import SmtpMailer
from plugins.connectors.smtp.settings import SmtpSettings
from plugins.email.port import Mailer


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are."""
    return PluginInfo(
        name="smtp",
        about="Send e-mail through an SMTP server of your own.",
        settings=SmtpSettings,
        needs=("email",),
    )


@hookimpl
def register_connectors() -> Sequence[Connector]:
    """Stand behind the port that sends; templates and the log stay where they are."""
    return [Connector(name="smtp", port="mailer", source="SMTP", open=SmtpMailer, settings=SmtpSettings)]


async def answers(ctx: Context[Any]) -> Health:
    """Say whether the server lets us in."""
    mailer = ctx.port(Mailer)
    if not isinstance(mailer, SmtpMailer):
        return Health(ok=True, detail="another system sends e-mail here")
    try:
        said = await mailer.greet()
    except Unavailable as trouble:
        return Health(ok=False, detail=str(trouble))
    return Health(ok=True, detail=said)


@hookimpl
def register_health_checks() -> Sequence[HealthCheck]:
    """Greet the server."""
    return [HealthCheck(name="server", run=answers)]
