"""Where the ISP's own systems show things, for links to them in Slack: `slack links list|set|clear`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.exits import Exit, fail, run
from bot.cli.options import AsJson, TenantName

app = typer.Typer(
    no_args_is_help=True, help="Say where your own systems show a customer, a ticket or an outage."
)
Kind = Annotated[str, typer.Argument(help="What is shown there: customer, ticket, outage, …")]
UNKNOWN = "There are no things of the kind “{kind}”. There are: {known}."


@app.command("list")
def list_(tenant: TenantName = None, as_json: AsJson = False) -> None:
    """Show where things are shown."""
    run(_list(tenant, as_json=as_json))


async def _list(slug: str | None, *, as_json: bool) -> None:
    from bot.cli.opened import opened, show, the_tenant
    from bot.db import slack_links

    async with opened(quiet=as_json) as main:
        tenant = await the_tenant(main, slug)
        async with main.database.tenant(tenant.id) as session:
            found = await slack_links.find_pages(session)
    pages = [{"kind": kind, "template": page} for kind, page in found.items()]
    show(pages, ["Kind", "Address"], [list(one.values()) for one in pages], as_json=as_json)


@app.command("set")
def set_(
    kind: Kind,
    template: Annotated[
        str,
        typer.Argument(metavar="ADDRESS", help="Such as https://tickets.isp.example/t/{key}."),
    ],
    tenant: TenantName = None,
) -> None:
    """Show in Slack what links to such pages lead to, as far as who posts them may show it there."""
    run(_set(kind, template, tenant))


async def _set(kind: str, template: str, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.journal import note
    from bot.core.link_pages import check_template
    from bot.db import slack_links
    from bot.errors import UserError

    try:
        host = check_template(template)
    except UserError as error:
        fail(str(error), Exit.USAGE)
    async with opened() as main:
        kinds = main.registry.view(frozenset(main.registry.plugins)).entity_kinds
        if kind not in kinds:
            fail(UNKNOWN.format(kind=kind[:40], known=", ".join(sorted(kinds))), Exit.USAGE)
        tenant, by = await the_tenant(main, slug), operator()
        async with main.database.tenant(tenant.id) as session:
            await slack_links.do_set_page(session, kind, template, by=by)
            text = f"links to {template} are shown in Slack as {kind}"
            facts = {"kind": kind, "template": template}
            await note(session, event="slack.links", by=by, text=text, facts=facts)
    out.print(
        f"Links to {template} are shown in Slack from now on, once the app was made or changed with "
        f"`backhaul slack manifest --links {host}`.",
        markup=False,
    )


@app.command()
def clear(kind: Kind, tenant: TenantName = None) -> None:
    """Leave links to things of a kind as they are."""
    run(_clear(kind, tenant))


async def _clear(kind: str, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.journal import note
    from bot.db import slack_links

    async with opened() as main:
        tenant, by = await the_tenant(main, slug), operator()
        async with main.database.tenant(tenant.id) as session:
            if await slack_links.do_clear_page(session, kind):
                text = f"links to {kind} pages are not shown in Slack any more"
                await note(session, event="slack.links", by=by, text=text, facts={"kind": kind})
                said = f"Links to things of the kind {kind} are left as they are."
            else:
                said = f"No page was known for the kind {kind[:40]}; `backhaul slack links list` shows all."
    out.print(said, markup=False)
