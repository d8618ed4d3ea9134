"""The hooks: everything a plugin can add to the bot. Read this file, write a plugin.

A plugin is one module (or package) in `plugins/`, or a distribution with an entry point in the
group `backhaul.plugins`. It imports from `bot.api` and nothing else of ours (a domain plugin may
also import another domain's `port` module). It must implement `plugin_info`; every other hook is
optional.

Four rules hold for every hook below:

1. It is called once, at start. It takes no arguments, does no I/O, and returns a sequence of
   declarations. The async functions inside them do the work later, once per call.
2. If it raises, that plugin is set aside and `backhaul check` says why. The others go on.
3. What it returns exists only for tenants that turned the plugin on.
4. Names are yours alone: `close` in plugin `tickets` is known to everyone as `tickets_close`.

Hooks for background work and for outsiders stand in bot/hookspecs_work.py.

API history: 1 (2026-11) first version.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.contract.action import Action
from bot.contract.alert import AlertSource, Detector, DigestSection, Recommender, Series
from bot.contract.entity import Entity
from bot.contract.guard import Guard, Watcher
from bot.contract.health import HealthCheck
from bot.contract.kb import KBSource
from bot.contract.panel import Panel
from bot.contract.people import RoleProvider
from bot.contract.plugin import Lifecycle, PluginInfo
from bot.contract.port import Connector
from bot.contract.roster import Roster
from bot.hookspecs_mark import PROJECT, hookimpl, hookspec
from bot.hookspecs_work import register_jobs, register_public_links

__all__ = ["API", "ENTRY_POINTS", "PROJECT", "hookimpl", "hookspec", "register_jobs", "register_public_links"]

ENTRY_POINTS = "backhaul.plugins"
API = 1


@hookspec
def plugin_info() -> PluginInfo:  # type: ignore[empty-body]  # a specification has no body
    """Say who you are: name, summary, permissions you define, settings you need.

    Example::

        class Settings(BaseModel):
            api_url: str = "https://tickets.example.com"
            api_token: SecretStr = SecretStr("")

        @hookimpl
        def plugin_info() -> PluginInfo:
            return PluginInfo(
                name="tickets",
                about="Open, find and close tickets.",
                permissions={"tickets:read": "See tickets", "tickets:write": "Change tickets"},
                roles={"support": frozenset({"tickets:read", "tickets:write"})},
                settings=Settings,
            )

    `SecretStr` fields are encrypted at rest and never shown. Settings forms are drawn from the
    model. Permissions start with the plugin's name and a colon.
    """


@hookspec
def register_actions() -> Sequence[Action]:  # type: ignore[empty-body]  # a specification has no body
    """Add verbs. One function is command, button, form, model tool, REST endpoint and schedule step.

    Example::

        @action(
            permission="tickets:write",
            approval=Approval.OTHER,
            examples=["close ticket {ticket}", "{ticket} is solved"],
        )
        async def close(ctx: Context[Settings], ticket: TicketRef, reason: str) -> Reply:
            \"\"\"Close a ticket for good.\"\"\"
            closed = await ctx.port(Tickets).close(ctx.effect, ticket.number, reason)
            return Reply(f"Closed {closed.number}.", data=closed, evidence=(ctx.evidence(Tickets),))

        @hookimpl
        def register_actions() -> Sequence[Action]:
            return [close]

    Further ways in which people ask for it may stand in `wordings.txt` beside the plugin's `__init__.py`,
    `[action]` first, then one a line: understood like the examples, but not shown in help.

    The gate checks the permission, resolves and validates the arguments, asks for approval, runs
    the function under a deadline and writes the audit line. You write none of that.
    """


@hookspec
def register_entities() -> Sequence[Entity]:  # type: ignore[empty-body]  # a specification has no body
    r"""Say how words become your things: a name, number, IP or serial becomes a record, and back.

    Example::

        async def find(ctx: Context[Settings], text: str, limit: int) -> list[Match]:
            tickets = await ctx.port(Tickets).search(ctx.scope, text=text, limit=limit)
            return [Match(key=t.number, label=t.subject, record=t, exact=t.number == text)
                    for t in tickets]

        @hookimpl
        def register_entities() -> Sequence[Entity]:
            return [Entity(name="ticket", title="Ticket", permission="tickets:read", find=find,
                           patterns=(re.compile(r"\bTCK-\d+\b", re.I),))]

    An action argument of type `Annotated[Ticket, Ref("ticket")]` is then filled by the host: one
    match gives the record, none is NotFound, several make the bot ask which one.
    """


@hookspec
def register_connectors() -> Sequence[Connector]:  # type: ignore[empty-body]  # a specification has no body
    """Stand behind a port: give the factory that opens your system as `customers`, `billing`, ….

    Example::

        @hookimpl
        def register_connectors() -> Sequence[Connector]:
            return [Connector(name="splynx", port="customers", source="Splynx", open=SplynxCustomers)]

    A tenant picks one connector per port; the port's conformance tests say whether yours is whole.
    """


@hookspec
def register_series() -> Sequence[Series]:  # type: ignore[empty-body]  # a specification has no body
    """Add numbers over time that are worth watching (payments per hour, ONTs online …).

    Example::

        Series(name="payments", title="Payments", unit="count", step=timedelta(hours=1), read=read)
    """


@hookspec
def register_detectors() -> Sequence[Detector]:  # type: ignore[empty-body]  # a specification has no body
    """Add anomaly detectors, run on their own rhythm, once per tenant.

    Example::

        Detector(name="stale", about="Old tickets", every=timedelta(hours=1), run=find_stale)
    """


@hookspec
def register_recommenders() -> Sequence[Recommender]:  # type: ignore[empty-body]  # a specification has no body
    """Add advice on findings, your own or another plugin's.

    Example::

        Recommender(name="retry", run=advise)   # async def advise(ctx, finding) -> Recommendation | None
    """


@hookspec
def register_digest_sections() -> Sequence[DigestSection]:  # type: ignore[empty-body]  # a specification has no body
    """Add a paragraph to the daily digest; a section that returns None stays silent.

    Example::

        DigestSection(name="breaches", title="SLA breaches today", run=breaches)
    """


@hookspec
def register_alert_sources() -> Sequence[AlertSource]:  # type: ignore[empty-body]  # a specification has no body
    """Take alerts from a monitoring system: turn one verified webhook delivery into alerts.

    Example::

        AlertSource(name="alertmanager", about="Prometheus Alertmanager", parse=parse)
    """


@hookspec
def register_kb_sources() -> Sequence[KBSource]:  # type: ignore[empty-body]  # a specification has no body
    """Add documents to the knowledge base.

    Example::

        KBSource(name="wiki", about="The team wiki", every=timedelta(minutes=10), fetch=fetch)
    """


@hookspec
def register_role_providers() -> Sequence[RoleProvider]:  # type: ignore[empty-body]  # a specification has no body
    """Tell the bot which roles a person holds elsewhere (platform API, LDAP, user groups).

    Example::

        RoleProvider(name="ldap", roles_of=roles_of)   # async def roles_of(ctx, email) -> frozenset[str]
    """


@hookspec
def register_panels() -> Sequence[Panel]:  # type: ignore[empty-body]  # a specification has no body
    """Add a block to the Home tab and the admin pages.

    Example::

        Panel(name="mine", title="My tickets", permission="tickets:read", run=my_queue)
    """


@hookspec
def register_health_checks() -> Sequence[HealthCheck]:  # type: ignore[empty-body]  # a specification has no body
    """Say whether what you depend on still answers; run by `backhaul check` and /readyz.

    Example::

        HealthCheck(name="api", run=ping)   # async def ping(ctx) -> Health
    """


@hookspec
def register_guards() -> Sequence[Guard]:  # type: ignore[empty-body]  # a specification has no body
    """Look at calls, your own and other plugins', before they run: refuse them, or ask for more approval.

    Example::

        async def look(ctx: Context[Settings], call: GuardedCall) -> Refuse | Ask | None:
            if call.hits > ctx.settings.many:
                return Ask(Approval.OTHER, f"It touches {call.hits} customers.")
            return None

        @hookimpl
        def register_guards() -> Sequence[Guard]:
            return [Guard(name="many", about="Many customers need another person's yes", look=look,
                          reach=Reach(plugins=("network",)), after=("freeze_window",))]

    A guard sees the call whole: arguments, records, person, roles, place. It runs once rights, arguments
    and records are checked, and again when a call that was agreed to is about to run. It never loosens
    anything. When it raises or hangs, the call does not run. Order matters here: `before` and `after`
    name other guards; without them they run by plugin and name. A circle sets the later plugin aside.
    """


@hookspec
def register_watchers() -> Sequence[Watcher]:  # type: ignore[empty-body]  # a specification has no body
    """Be told of calls once they ran, e.g. to copy them to a SIEM; ordered as guards are.

    Example::

        async def saw(ctx: Context[Settings], call: GuardedCall, said: Reply | UserError) -> None:
            await send(ctx.settings.address, {"action": call.action_id, "by": call.user_id})

        @hookimpl
        def register_watchers() -> Sequence[Watcher]:
            return [Watcher(name="siem", about="Copies changes to the SIEM", saw=saw)]

    It runs beside the reply and cannot change it; it may be lost when the process dies (the audit is not).
    """


@hookspec
def register_rosters() -> Sequence[Roster]:  # type: ignore[empty-body]  # a specification has no body
    """Say who is on call, from your own rosters or those of a system you read (PagerDuty, Opsgenie, …).

    Example::

        async def duties(ctx: Context[Settings], team: str, since: datetime, until: datetime):
            return await ctx.port(Pages).on_call(team, since, until)    # None: I know no such team

        @hookimpl
        def register_rosters() -> Sequence[Roster]:
            return [Roster(name="pages", about="The schedules in PagerDuty", teams=teams, duties=duties)]

    Approval policies that ask for a yes of whoever is on call go by it, at the moment of the yes. A person is
    named by their id here or by their e-mail address. Of two rosters that know a team, the first by plugin
    and name is asked; one that raises or hangs leaves nobody on call.
    """


@hookspec
def register_lifecycle() -> Sequence[Lifecycle]:  # type: ignore[empty-body]  # a specification has no body
    """Do something when a tenant turns the plugin on or off (create a webhook, drop a cache).

    Example::

        Lifecycle(name="hook", on=create_webhook, off=delete_webhook)
    """
