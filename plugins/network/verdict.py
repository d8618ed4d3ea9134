"""What most likely explains a line's trouble, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from bot.api import Button, moment, plural
from plugins.network.cause import Kind
from plugins.network.findings import DAY, WEEK, Known, noted, steps_of
from plugins.tickets.port import Ticket

FAR = 0.5
"""Share of the plan's speed below which tests are far below it."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The likely cause, what to do next, in words and as buttons. `fine`: nothing is wrong on our side."""

    cause: str
    next: str
    buttons: tuple[Button, ...] = ()
    fine: bool = False


def verdict_of(known: Known) -> Verdict:
    """Return the nearest explanation: the first that holds, from the account to the home."""
    if "network" in known.silent:
        cause = "The network system does not answer, so the line could not be looked at."
        return Verdict(cause=cause, next="Try again soon.")
    for judge in (_account, _outage, _shared, _ont, _level, _flapping, _silent, _speed, _told):
        if verdict := judge(known):
            return verdict
    return Verdict(
        cause="Nothing on our side stands out.",
        next="Ask about Wi-Fi, the router and one device by cable; if it stays, open a ticket.",
        buttons=(ticket(known, "Slow, nothing found on our side"), restart(known)),
        fine=True,
    )


def ticket(known: Known, subject: str, *, priority: str = "normal") -> Button:
    """Return the button that opens a ticket with the findings in it."""
    label = "Call field" if priority == "high" else "Open a ticket with this"
    args = {
        "customer": known.customer.number,
        "subject": subject,
        "body": noted(steps_of(known)),
        "priority": priority,
    }
    return Button(label, "tickets_create", args)


def restart(known: Known) -> Button:
    """Return the button that disconnects the session, so that the router dials in anew."""
    return Button("Disconnect the session", "network_disconnect", {"customer": known.customer.number})


def _boot(known: Known) -> Button:
    return Button("Reboot the ONT", "network_reboot", {"customer": known.customer.number})


def _account(known: Known) -> Verdict | None:
    me = {"customer": known.customer.number}
    if known.line is None:
        cause = f"{known.customer.name} has no line in use."
        return Verdict(
            cause=cause, next="Look at the services.", buttons=(Button("Services", "customers_services", me),)
        )
    if not known.suspended:
        return None
    why = known.service.suspend_reason if known.service and known.service.suspend_reason else ""
    cause = f"The service is suspended{f': {why}' if why else ''}."
    if known.up:
        cause = f"{cause} It is online all the same: the router has not cut it."
    owes = known.balance is not None and known.balance.overdue.minor > 0
    pay = (Button("Send payment reminder", "billing_remind", me),) if owes else ()
    after = "Ask for the payment, then resume the service." if owes else "Resume it if the reason is gone."
    return Verdict(cause=cause, next=after, buttons=(*pay, Button("Resume", "customers_resume", me)))


def _outage(known: Known) -> Verdict | None:
    line = known.line
    if line is None:
        return None
    if line.outages:
        one = line.outages[0]
        eta = f", expected back {moment(one.eta, known.now, known.zone)}" if one.eta else ""
        return Verdict(
            cause=f"Hit by outage {one.number} ({one.title}){eta}.",
            next="Tell them when it should be back; no ticket or visit is needed for it.",
            buttons=(Button(one.number, "network_outage", {"outage": one.number}),),
        )
    running = next((m for m in line.maintenance if m.starts_at <= known.now <= m.ends_at), None)
    if running is None or known.up:
        return None
    ends = moment(running.ends_at, known.now, known.zone)
    return Verdict(
        cause=f"Maintenance {running.number} is running until {ends}.", next="Look again after that."
    )


def _shared(known: Known) -> Verdict | None:
    """Say what hits the neighbours as well, though nobody declared it yet."""
    line, common = known.line, known.common
    if line is None or known.up:
        return None
    place = {"port": line.port.key} if line.port else {}
    if line.device and line.device.status == "down":
        cause, place = (
            f"{line.device.name} is down and no outage is declared for it.",
            {"device": line.device.name},
        )
    elif line.port and line.port.status == "down":
        cause = f"{line.port.key} is down and no outage is declared for it."
    elif common is not None:
        cause = f"{common.said} No outage is declared for it."
    else:
        return None
    title = common.kind.value.capitalize() if common and common.kind is not Kind.DEVICE else "No service"
    return Verdict(
        cause=cause,
        next="The neighbours are hit too: tell the NOC, so that an outage is declared.",
        buttons=(
            Button("Declare an outage", "network_declare", {**place, "title": title}),
            Button("Who is hit", "network_affected", place),
            ticket(known, title),
        ),
    )


def _ont(known: Known) -> Verdict | None:
    """Say what the ONT said last, when it is dark alone."""
    ont = known.line.ont if known.line else None
    if ont is None or known.up or ont.status == "online":
        return None
    if ont.status == "dying_gasp":
        cause, after = (
            "The ONT lost power (dying gasp) while the neighbours are up.",
            "Ask about electricity and the plug.",
        )
        return Verdict(cause=cause, next=after, buttons=(ticket(known, "ONT without power"),))
    if ont.status == "los":
        return Verdict(
            cause="No light at this ONT (LOS) while the neighbours are up: the drop fibre or a connector.",
            next="Have them check the fibre plug; then send field.",
            buttons=(
                ticket(known, "No light at the ONT, neighbours are up", priority="high"),
                ticket(known, "No light at the ONT"),
            ),
        )
    return Verdict(
        cause="The ONT does not answer, and did not say why.",
        next="Ask whether it is plugged in and which lamps are lit.",
        buttons=(ticket(known, "ONT does not answer"),),
    )


def _silent(known: Known) -> Verdict | None:
    if known.up or known.line is None:
        return None
    lit = known.line.ont is not None
    cause = "The ONT is online, but there is no session: the router or its PPPoE login." if lit else (
        "There is no session, and nothing else is known about the line."
    )  # fmt: skip
    boots = (_boot(known),) if lit else ()
    after = "Have the router restarted and its login checked" + ("; else reboot the ONT." if lit else ".")
    return Verdict(cause=cause, next=after, buttons=(*boots, ticket(known, "No session")))


def _level(known: Known) -> Verdict | None:
    line = known.line
    if line is None or line.signal not in {"weak", "critical"}:
        return None
    fibre = line.kind == "fiber"
    sank = f", {known.fell:.1f} dB less than before" if known.fell >= 1 else ""
    what = (
        "a bend, a splice or a dirty connector"
        if fibre
        else "the alignment of the radio or something in its way"
    )
    return Verdict(
        cause=f"The {'optical level' if fibre else 'signal'} is {line.signal} ({line.level}{sank}): {what}.",
        next="Send field to measure and clean it.",
        buttons=(
            ticket(known, f"Signal is {line.signal}: {line.level}", priority="high"),
            ticket(known, f"Signal is {line.signal}"),
        ),
    )


def _flapping(known: Known) -> Verdict | None:
    if not known.flaps:
        return None
    causes = [one.terminate_cause for one in known.drops or () if one.terminate_cause]
    most = max(set(causes), key=causes.count) if causes else ""
    often = f"{plural(known.went(DAY), 'drop')} in 24 h, {known.went(WEEK):,} in 7 days"
    often += f", mostly {most}" if most else ""
    return Verdict(
        cause=f"The session flaps: {often}{'' if known.up else '; it is down now'}.",
        next="Reboot the ONT; if it goes on, open a ticket.",
        buttons=(_boot(known), ticket(known, "Session flaps")),
    )


def _speed(known: Known) -> Verdict | None:
    if (slow := known.slow) is None:
        return None
    far = "far below" if slow.usual < FAR * slow.plan else "below"
    when = " in the evenings" if slow.evenings else ""
    after = "Test by cable; then let the session start anew, or open a ticket."
    if slow.evenings:
        after = "Look whether others on the PON or site are slow then too; a full link is for the NOC."
    open_one = next(iter(known.complaints), None)
    return Verdict(
        cause=f"Speed tests{when} are {far} the plan: {slow.said}, though the line is good.",
        next=f"{after} {open_one.number} is open for it." if open_one else after,
        buttons=(
            restart(known),
            _shown(open_one) if open_one else ticket(known, f"Slow{when}: {slow.said}"),
        ),
    )


def _told(known: Known) -> Verdict | None:
    """Say what they complain of, where nothing that was measured explains it."""
    if not known.complaints:
        return None
    one = known.complaints[0]
    return Verdict(
        cause=f"Nothing that was measured explains it, but {one.number} is open: {one.subject}.",
        next="Ask whether it is still so, and at which hours; then Wi-Fi, the router, one device by cable.",
        buttons=(_shown(one), restart(known)),
    )


def _shown(one: Ticket) -> Button:
    return Button(one.number, "tickets_show", {"ticket": one.number})
