"""How a level or a load went over the last days, as a chart with the words that matter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import fmean, median

from bot.api import BadInput, Button, Chart, Curve, Mark, Reply, Tone, action, moment, plural, span
from plugins.customers.port import CustomerRef
from plugins.network.areas import area_of
from plugins.network.entities import Ctx
from plugins.network.nouns import OVERLOAD, SENSITIVITY, WEAK
from plugins.network.port import Measured, Network, SiteRef
from plugins.network.sitesover import DROP, dropped_since, sessions_of_sites

SHORTEST, LONGEST = timedelta(hours=2), timedelta(days=366)
FORTNIGHT, WEEK = timedelta(days=14), timedelta(days=7)
FELL = 2.0
"""dB that a level may sink before it is worth a word: the margin below which a splice or bend shows."""
LEAST = 5.0
"""dB that the chart spans at least: a steady line should look steady."""
FEW = 3
"""Points from which on a change over time is spoken of at all."""
HALF, NOON = timedelta(hours=12), timedelta(hours=11)
"""Half a day, and how far from it at least is what was counted within an hour of the same time of day."""


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "optical level of {customer} over the last two weeks",
        "signal history of {customer}",
        "chart of the rx level of {customer}",
        "did the signal of {customer} get worse",
        "how did the optical power of {customer} develop",
        "plot the light level of {customer} over {within}",
        "rx trend of {customer}",
    ),
)
async def signal_history(ctx: Ctx, customer: CustomerRef, within: timedelta = FORTNIGHT) -> Reply:
    """Draw the received level of a customer's line over the last days.

    The line's own measurements, or those of its PON where only that is measured; 14 days if you do not say.
    """
    check_span(within)
    focus = {"customer": customer.number}
    found = await ctx.port(Network).levels(ctx.scope, customer.number, ctx.now - within)
    if not found:
        text = f"Nobody measured the level of {customer.name}'s line in the last {span(within)}."
        return Reply(text, data=(), focus=focus, evidence=(ctx.evidence(Network),))
    said = [_said(ctx, one) for one in found]
    worst = min(one.points[-1][1] for one in found)
    fiber = all(not one.subject.startswith("radio") for one in found)
    weak = fiber and worst < WEAK
    return Reply(
        "\n\n".join(said),
        data=tuple(found),
        chart=Chart(
            title=f"Level of {customer.name}, {customer.number}",
            axis=_axis(found),
            curves=_curves(found),
            unit="dBm",
            marks=[Mark("an ONT needs", SENSITIVITY)] if weak else [],
            least=LEAST,
            says=" ".join(said),
        ),
        tone=Tone.WARN if weak or (fiber and worst > OVERLOAD) else Tone.PLAIN,
        buttons=(Button("Line", "network_line", focus), Button("Open a ticket", "tickets_create", focus)),
        focus=focus,
        evidence=(ctx.evidence(Network, max(one.points[-1][0] for one in found)),),
    )


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "sessions at {site} over the last week",
        "session history of {site}",
        "chart of the sessions at {site}",
        "how did the number of sessions at {site} develop",
        "plot the sessions of {site} over {within}",
        "when did {site} lose its sessions",
        "chart of the sessions of all sites",
        "sessions of the sites in {area} over time",
    ),
)
async def session_history(
    ctx: Ctx, site: SiteRef | None = None, area: str = "", within: timedelta = WEEK
) -> Reply:
    """Draw how many sessions were up at a site, hour by hour, or at all sites, those of a region too.

    For the last 7 days if you do not say; says when they dropped.
    """
    check_span(within)
    if site is None:
        return await sessions_of_sites(ctx, area_of(area), within)
    focus = {"site": site.code}
    found = await ctx.port(Network).site_history(ctx.scope, site.code, "sessions", ctx.now - within)
    if found is None:
        text = f"Nobody counted the sessions at {site.name} in the last {span(within)}."
        return Reply(text, data=(), focus=focus, evidence=(ctx.evidence(Network),))
    values = [value for _, value in found.points]
    usual, last = median(values), values[-1]
    text = (
        f"**{site.name}** ({site.code}): {last:,.0f} sessions at the last count, {usual:,.0f} on most hours, "
        f"{min(values):,.0f} at least and {max(values):,.0f} at most."
    )
    dropped = dropped_since(found, usual)
    if dropped:
        since = moment(dropped, ctx.now, ctx.tenant.zone)
        text += f" They have been more than {DROP:.0%} below that since {since}."
    return Reply(
        text,
        data=found,
        chart=Chart(
            title=f"Sessions at {site.name}",
            axis=[at for at, _ in found.points],
            curves=[Curve("sessions", values)],
            unit="sessions",
            from_zero=True,
            says=text.replace("**", ""),
        ),
        tone=Tone.BAD if dropped else Tone.PLAIN,
        buttons=(Button("Site", "network_site", focus), Button("Who is hit", "network_affected", focus)),
        focus=focus,
        evidence=(ctx.evidence(Network, found.points[-1][0]),),
    )


async def usual_sessions(ctx: Ctx, site: str) -> str | None:
    """Return `310 at 18:00, usually 480 at that hour` of a site; None where nobody counts them."""
    found = await ctx.port(Network).site_history(ctx.scope, site, "sessions", ctx.now - WEEK - HALF)
    if found is None or ctx.now - found.points[-1][0] > 2 * HALF:
        return None
    at, last = found.points[-1]
    day = timedelta(days=1)
    then = [
        value for when, value in found.points if at - when >= HALF and abs((at - when) % day - HALF) > NOON
    ]
    counted = f"{last:,.0f} at {moment(at, ctx.now, ctx.tenant.zone)}"
    return f"{counted}, usually {median(then):,.0f} at that hour" if len(then) >= FEW else counted


def check_span(within: timedelta) -> None:
    """Refuse a stretch of time that no chart makes sense of."""
    if not SHORTEST <= within <= LONGEST:
        raise BadInput("Ask for a stretch between two hours and a year, for example 14 days.")


def _said(ctx: Ctx, one: Measured) -> str:
    """Say where the level stands and whether it sank."""
    values = [value for _, value in one.points]
    first, last = fmean(values[:FEW]), values[-1]
    head = f"{one.subject}: {last:.1f} dBm at {moment(one.points[-1][0], ctx.now, ctx.tenant.zone)}"
    if len(values) < FEW:
        return f"{head} ({plural(len(values), 'measurement')})."
    move = last - first
    days = span(one.points[-1][0] - one.points[0][0])
    if move <= -FELL:
        what = "look for a bend, a splice or a dirty connector"
        return f"{head}, **{-move:.1f} dB less than {days} before**: {what}."
    if move >= FELL:
        return f"{head}, {move:.1f} dB more than {days} before."
    return f"{head}, steady for {days} ({min(values):.1f} to {max(values):.1f})."


def _axis(found: Sequence[Measured]) -> list[datetime]:
    return sorted({at for one in found for at, _ in one.points})


def _curves(found: Sequence[Measured]) -> list[Curve]:
    axis = _axis(found)
    known = [(one.subject, dict(one.points)) for one in found]
    return [Curve(name, [points.get(at) for at in axis]) for name, points in known]
