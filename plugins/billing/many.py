"""What is asked for all debtors at once and never done so: suspending everybody who owes for long."""

from __future__ import annotations

from bot.api import BadInput, Button, Column, Reply, Table, Tone, action, plural
from plugins.billing.bounds import LONGEST_DEBT
from plugins.billing.dunning import MOST, verdicts
from plugins.billing.dunning_rules import Course, Verdict
from plugins.billing.port import Billing
from plugins.billing.said import MAX_ROWS, RIGHT
from plugins.billing.settings import Ctx


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "suspend everyone who is more than {days} days overdue",
        "cut off all who have not paid for {days} days",
        "mass suspension of debtors",
    ),
)
async def suspend_many(ctx: Ctx, days: int = 1, limit: int = 15) -> Reply:
    """Say who could be suspended of all who owe for so many days; nobody is suspended in bulk.

    By the dunning rules of the workspace, each to be suspended by a person with one press.
    """
    if not 1 <= days <= LONGEST_DEBT:
        raise BadInput(f"Say for how many days they owe: 1 to {LONGEST_DEBT:,}.")
    today = ctx.today
    found = await verdicts(ctx)
    late = [v for v in found if v.debtor.days >= days]
    due = [v for v in late if v.course is Course.SUSPEND and v.on <= today]
    due.sort(key=lambda v: (-v.debtor.days, v.debtor.customer))
    other = len(late) - len(due)
    over = f"{plural(days, 'day')} or more"
    rest = f" Off already, held or spared: {other:,}." if other else ""
    many = plural(len(due), "customer") if due else "Nobody"
    text = f"I suspend nobody in bulk. {many} overdue for {over} could be suspended now"
    text += f", one by one.{rest}" if due else f".{rest}"
    if len(found) >= MOST:
        text = f"I looked at the first {MOST:,} debtors only, so these are no totals. {text}"
    return Reply(
        text,
        data=tuple(due),
        table=_table(due[: max(1, min(limit, MAX_ROWS))], len(due)) if due else None,
        tone=Tone.WARN,
        buttons=(*(_suspend(v) for v in due[:3]), Button("Who is next and why", "billing_suspensions", {})),
        evidence=(ctx.evidence(Billing),),
    )


def _suspend(verdict: Verdict) -> Button:
    args = {"customer": verdict.debtor.customer, "reason": "non-payment"}
    return Button(
        f"Suspend {verdict.debtor.name}",
        "customers_suspend",
        args,
        "danger",
        about=f"customer {verdict.debtor.customer} for non-payment",
    )


def _table(found: list[Verdict], total: int) -> Table:
    titles = ("Account", "Name", "Overdue", "Days", "Why", "Phone")
    rows = [(v.debtor.customer, v.debtor.name, v.net, v.debtor.days, v.why, v.debtor.phone) for v in found]
    columns = [Column(t, RIGHT) if t in {"Overdue", "Days"} else Column(t) for t in titles]
    return Table(columns=columns, rows=rows, total=total)
