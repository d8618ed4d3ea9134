"""`check`: what is wrong with configuration, database and plugins, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from bot.cli.exits import Exit, run
from bot.cli.options import AsJson

if TYPE_CHECKING:
    from bot.app import App
    from bot.contract.people import Tenant

CONNECTION = "connection"
AREAS = {CONNECTION: CONNECTION}
"""Findings about the database that have an area of their own."""
NO_PLUGIN = "There is no plugin of that name: mend the spelling, or take the name out."
SIGNS = {"ok": ("ok", "green"), "wrong": ("WRONG", "red"), "note": ("note", "yellow")}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing looked at; `mend` is empty when all is well."""

    area: str
    says: str
    mend: str = ""
    fatal: bool = True

    @property
    def state(self) -> str:
        """How it is: ok, wrong (must be mended) or note (should be looked at)."""
        return "ok" if not self.mend else ("wrong" if self.fatal else "note")


def check(as_json: AsJson = False) -> None:
    """Look at configuration, database, plugins and tenants; say what is wrong and how to mend it.

    Exit 1 when something must be mended, 3 when the database cannot be reached.
    """
    lines = run(_check(quiet=as_json))
    _print(lines, as_json=as_json)
    wrong = [line.area for line in lines if line.state == "wrong"]
    if wrong:
        raise typer.Exit(Exit.UNAVAILABLE if CONNECTION in wrong else Exit.FAILED)


async def _check(*, quiet: bool) -> list[Line]:
    from bot.app import App
    from bot.cli.opened import config, steps
    from bot.db.check import find_faults
    from bot.db.migrate import heads

    settings = config()
    lines = [Line(area="configuration", says=f"read; home is {settings.home}")]
    with steps(quiet=quiet) as step:
        app = await App.open(settings, progress=step, check=False)
    try:
        faults = await find_faults(app.database.runtime_url, heads())
        lines += [
            Line(area=AREAS.get(one.name, "database"), says=one.says, mend=one.mend, fatal=one.fatal)
            for one in faults
        ]
        sound = not any(line.state == "wrong" for line in lines)
        lines += _plugins(app)
        if sound:  # without its database nothing can be said of tenants; a broken plugin hides none
            lines += await _tenants(app)
        lines += _slack(app)
    finally:
        await app.close()
    return lines


def _plugins(app: App) -> list[Line]:
    import plugins as built_in
    from bot.host.discovery import find_plugins

    fine = Line(area="plugins", says=f"loaded: {', '.join(sorted(app.registry.plugins)) or 'none'}")
    broken = [
        Line(area="plugins", says=f"{name} was set aside", mend=why)
        for name, why in app.loaded.broken.items()
    ]
    unknown = sorted(app.config.plugins_blocked - {one.name for one in find_plugins(built_in)})
    model = app.embedder.trouble()
    return [
        fine,
        *broken,
        *(
            Line(area="plugins", says=f"BACKHAUL_PLUGINS_OFF names {name}", mend=NO_PLUGIN, fatal=False)
            for name in unknown
        ),
        *([Line(area="understanding", says=model, mend=model, fatal=False)] if model else []),
    ]


def _slack(app: App) -> list[Line]:
    config = app.config
    if config.slack_bot_token is None and not config.slack_client_id:
        return [Line(area="slack", says="not configured (SLACK_BOT_TOKEN is not set)")]
    if config.slack_app_token is None and config.slack_signing_secret is None:
        mend = "Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for signed HTTP."
        return [Line(area="slack", says="set up, but there is no way in", mend=mend)]
    ways = [("Socket Mode", config.slack_app_token), ("signed HTTP", config.slack_signing_secret)]
    return [Line(area="slack", says=f"in by {' and '.join(name for name, token in ways if token)}")]


async def _tenants(app: App) -> list[Line]:
    tenants = await app.tenants()
    if not tenants:
        mend = "backhaul tenants create SLUG NAME"
        return [Line(area="tenants", says="there is none yet", mend=mend, fatal=False)]
    return [line for tenant in tenants for line in await _tenant(app, tenant)]


async def _tenant(app: App, tenant: Tenant) -> list[Line]:
    from bot.core.findings import find_findings

    area = f"tenant {tenant.slug}"
    found = await find_findings(app.around(tenant))
    return [
        *await _sso(app, tenant),
        *(Line(area=area, says=one.says, mend=one.mend, fatal=one.fatal) for one in found),
    ]


async def _sso(app: App, tenant: Tenant) -> list[Line]:
    """Say what would keep people from signing in."""
    from bot.cli.sso import NO_ADDRESS
    from bot.core import sso

    area, provider = f"tenant {tenant.slug}", await sso.find_provider(app.database, tenant)
    if provider is None:
        return []
    from bot.web.provider_check import examine  # its libraries take a moment

    lines = [
        Line(area=area, says=f"sign-in: {found.says}", mend=found.mend, fatal=False)
        for found in await examine(provider)
        if found.fatal
    ]
    if not app.config.public_url:
        says = f"sign-in: {provider.issuer} is set, but no public address"
        lines.append(Line(area=area, says=says, mend=NO_ADDRESS, fatal=False))
    return lines


def _print(lines: list[Line], *, as_json: bool) -> None:
    from bot.cli.opened import out, show

    if as_json:
        records = [
            {"area": line.area, "state": line.state, "says": line.says, "mend": line.mend} for line in lines
        ]
        show(records, [], [], as_json=True)
        return
    for line in lines:
        sign, colour = SIGNS[line.state]
        out.print(f"{sign:>5}", style=colour, end="  ")
        out.print(f"{line.area}: {line.says}", markup=False)
        if line.mend:
            out.print(f"       {line.mend}", style="dim", markup=False)
