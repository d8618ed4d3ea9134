"""Who is answered in a thread without a mention: `slack follow list|set`."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from bot.cli.exits import Exit, fail, run
from bot.cli.options import AsJson, TenantName
from bot.contract.channel import EVERYWHERE, FollowRule, Who

app = typer.Typer(
    no_args_is_help=True, help="Say who is answered without a mention in a thread where the bot was asked."
)
CHANNEL = re.compile(r"[CG][A-Z0-9]{1,40}")
DEFAULT = "everywhere else"
NOT_ONE = "“{channel}” is no channel's id, such as C0123ABCD. In Slack: its name, About, at the end."


@app.command("list")
def list_(tenant: TenantName = None, as_json: AsJson = False) -> None:
    """Show the rules; where there is none, only who asked is answered."""
    run(_list(tenant, as_json=as_json))


async def _list(slug: str | None, *, as_json: bool) -> None:
    from bot.cli.opened import opened, show, the_tenant
    from bot.db import slack_follows

    async with opened(quiet=as_json) as main:
        tenant = await the_tenant(main, slug)
        async with main.database.tenant(tenant.id) as session:
            found = await slack_follows.find_rules(session)
    if not any(one.channel == EVERYWHERE for one in found):
        found.insert(0, FollowRule(channel=EVERYWHERE, who=Who.ASKER))
    rows = [[DEFAULT if one.channel == EVERYWHERE else one.channel, one.who] for one in found]
    show(found, ["Channel", "Answered without a mention"], rows, as_json=as_json)


@app.command("set")
def set_(
    who: Annotated[
        Who, typer.Argument(help="nobody; asker: who mentioned the bot in the thread; or everybody in it.")
    ],
    *,
    channel: Annotated[
        str,
        typer.Option(help="Only in this channel, by its id; else wherever there is no other rule."),
    ] = EVERYWHERE,
    tenant: TenantName = None,
) -> None:
    """Say who is answered without a mention, as far as it is clear that they mean the bot."""
    if channel != EVERYWHERE and not CHANNEL.fullmatch(channel):
        fail(NOT_ONE.format(channel=channel[:60]), Exit.USAGE)
    run(_set(FollowRule(channel=channel, who=who), tenant))


async def _set(rule: FollowRule, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.journal import note
    from bot.db import slack_follows

    async with opened() as main:
        tenant, by = await the_tenant(main, slug), operator()
        facts = {"channel": rule.channel, "who": str(rule.who)}
        where = "every other channel" if rule.channel == EVERYWHERE else rule.channel
        async with main.database.tenant(tenant.id) as session:
            await slack_follows.do_set_rule(session, rule, by=by)
            said = f"threads of {where}: {rule.who} is answered without a mention"
            await note(session, event="slack.follow", by=by, text=said, facts=facts)
    out.print(f"In threads of {where}, {rule.who} is answered without a mention from now on.", markup=False)
