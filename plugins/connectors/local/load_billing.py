"""How files of invoices and payments become rows, each charge and each payment an entry of its account."""

from __future__ import annotations

from collections.abc import Mapping

from plugins.connectors.local import load_whose
from plugins.connectors.local.importing.nouns import Where
from plugins.connectors.local.load_rows import NEW_ID, Check, Column, Plan, Target
from plugins.connectors.local.load_settle import HOLD, NAMED, NO_BOOKING, SPREAD

DUE_DAYS = 14
BEFORE = "paid before the import of "
"""The note of what invoices came with: what was paid on them before there were payments here."""
INVOICE_ROWS = f"""
select s."row", t.id as target, s.number as key, coalesce(t.id, {NEW_ID}) as id, s.number,
    s.customer, c.id as customer_id, t.customer_id as owner, s.issued_on,
    coalesce(s.due_on, case when t.id is null then s.issued_on + {DUE_DAYS} end) as due_on,
    s.total as total_minor, coalesce(s.currency, :currency) as currency, t.currency as kept_currency,
    coalesce(t.paid_minor, 0) as paid_minor, s.status as said,
    coalesce(s.paid, s.total - s.outstanding, case when s.status = 'paid' then s.total end) as now_paid,
    case when s.status in ('draft', 'void') and (t.id is null or t.status in ('draft', s.status)) then
        s.status
        when s.status = 'void' and t.status = 'open' and t.paid_minor = 0 then 'void'
        when t.status = 'void' then 'void'
        when t.status = 'draft' and s.status is null then 'draft'
        when coalesce(t.paid_minor, 0) >= s.total then 'paid' else 'open' end as status,
    case when s.text is not null then jsonb_build_array(jsonb_build_object('text', s.text, 'minor',
        s.total)) end as lines,
    s.paid_on, s.method
from staged s left join isp_invoices t on t.number = s.number
left join isp_customers c on c.number = s.customer
"""
# What was paid on an invoice before is one payment that names it, so that the account adds up.
PAID_ROWS = f"""
select i."row", null::uuid as target, i.number as key, i.customer_id, i.id as invoice_id,
    'OPEN-' || i.number || coalesce('-' || nullif(1 + (
        select count(*) from isp_payments p where p.invoice_id = i.target and starts_with(p.number, 'OPEN-')
    ), 1), '') as number,
    cast(coalesce(i.paid_on, i.issued_on) as timestamp) at time zone :zone as at,
    i.now_paid - i.paid_minor as amount_minor, i.currency, coalesce(i.method, 'bank_transfer') as method,
    'succeeded' as status, :by as by, '{BEFORE}' || :today_said as note
from ready_isp_invoices i where i.now_paid > i.paid_minor and i.status in ('open', 'paid')
"""
BOOK = (
    "update isp_invoices i set paid_minor = i.paid_minor + p.amount_minor, status = case "
    "when i.status = 'open' and i.paid_minor + p.amount_minor >= i.total_minor then 'paid' else i.status end "
    "from ready_isp_payments p where i.id = p.invoice_id"
)
ACCOUNTS = (
    "create temporary table accounts on commit drop as "
    "select distinct customer_id, currency from {table} where customer_id is not null"
)
AMOUNT = "to_char({minor} / :scale, 'FM999,999,999,990.00')"
OTHER_CUSTOMER = (
    "select r.\"row\", format('%s belongs to another customer here.', r.key) as said "
    "from {table} r where r.owner <> r.customer_id"
)
OTHER_CURRENCY = (
    "select r.\"row\", format('%s is in %s here, not in %s.', r.key, r.kept_currency, r.currency) as said "
    "from {table} r where r.kept_currency <> r.currency"
)
INVOICE_CHECKS = (
    *load_whose.checks("ready_isp_invoices", needed=True),
    Check(field="customer", sql=OTHER_CUSTOMER.format(table="ready_isp_invoices")),
    Check(field="currency", sql=OTHER_CURRENCY.format(table="ready_isp_invoices")),
    Check(
        field="paid",
        sql=f"select r.\"row\", format('more was paid (%s) than the invoice comes to (%s).', "
        f"{AMOUNT.format(minor='r.now_paid')}, {AMOUNT.format(minor='r.total_minor')}) as said "
        "from ready_isp_invoices r where r.now_paid > r.total_minor and r.status <> 'void'",
    ),
    Check(
        field="outstanding",
        sql="select r.\"row\", 'is more than the invoice comes to.' as said from ready_isp_invoices r where "
        "r.now_paid < 0",
    ),
    Check(
        field="total",
        sql=f"select r.\"row\", format('%s was paid on it here already; it cannot come to less.', "
        f"{AMOUNT.format(minor='r.paid_minor')}) as said from ready_isp_invoices r where r.total_minor < "
        f"r.paid_minor",
    ),
    Check(
        field="status",
        sql='select r."row", \'says partly paid. How much was paid belongs into a column paid or '
        "outstanding.' as said "
        "from ready_isp_invoices r where r.said = 'partial' and r.now_paid is null and r.paid_minor = 0",
    ),
    Check(
        field="status",
        sql="select r.\"row\", 'says void, but something was paid on it. Take the payment back first.' as "
        "said "
        "from ready_isp_invoices r where r.said = 'void' and (r.paid_minor > 0 or r.now_paid > 0)",
    ),
)
KEPT = ("id", "number", "customer_id")
MORE_HERE = (
    "select format('Invoices with more paid on them here than in the file: %s, such as %s. What is booked "
    "here stays.', count(*), min(number)) from ready_isp_invoices "
    "where now_paid < paid_minor and said is distinct from 'void' having count(*) > 0"
)
PAYMENT = (
    "number", "customer_id", "invoice_id", "at", "amount_minor", "currency", "method", "status", "by", "note",
)  # fmt: skip


def invoices(fields: Mapping[str, str], where: Where, *, scale: float) -> Plan:
    """Return how invoices are loaded; credit that lies on the accounts is spread over those that are open."""
    return Plan(
        fields=fields,
        key="s.number",
        key_field="s.number",
        targets=(
            Target(
                noun="invoices",
                table="isp_invoices",
                select=INVOICE_ROWS,
                columns=(
                    *(Column(name=name, fixed=True) for name in KEPT),
                    *(
                        Column(name=name, clears=False)
                        for name in ("issued_on", "due_on", "total_minor", "status")
                    ),
                    Column(name="currency", fixed=True),
                    Column(name="lines", default="'[]'"),
                ),
            ),
            Target(
                noun="payments booked from what was paid on them",
                table="isp_payments",
                byproduct=True,
                select=PAID_ROWS,
                columns=tuple(Column(name=name, fixed=True) for name in PAYMENT),
                after=(BOOK,),
            ),
        ),
        first=load_whose.FIRST,
        checks=INVOICE_CHECKS,
        after=(ACCOUNTS.format(table="ready_isp_invoices"), *SPREAD),
        hold=(HOLD,),
        notes=(MORE_HERE,),
        binds=_binds(where, scale),
    )


REFERENCE = "upper(replace(replace({text}, ' ', ''), '-', ''))"
MATCH = {
    "number": "t.number = s.number",
    "reference": f"t.reference_key = {REFERENCE.format(text='s.reference')} and t.reverses is null "
    "and t.reversed_at is null",
}
# Held until the commit, so that nobody books the numbers meanwhile that the new payments get.
COUNTER = (
    "insert into isp_counters as c (tenant_id, name, value) "
    "select current_setting('app.tenant_id')::uuid, 'isp_payments PAY-', "
    "coalesce(max(substring(number from '^PAY-([0-9]{1,12})$')::bigint), 0) from isp_payments "
    "on conflict (tenant_id, name) do update set value = greatest(c.value, excluded.value)"
)
COUNTED = (
    "update isp_counters set value = value + (select count(*) from ready_isp_payments where target is null) "
    "where name = 'isp_payments PAY-'"
)
GENERATED = (
    "'PAY-' || lpad(((select value from isp_counters where name = 'isp_payments PAY-') "
    "+ row_number() over (partition by t.id is null order by s.\"row\"))::text, 7, '0')"
)
PAYMENT_ROWS = """
select s."row", t.id as target, coalesce(s.number, t.number, s.reference) as key,
    coalesce(t.id, {new_id}) as id,
    coalesce(t.number, {number}) as number, s.customer, c.id as customer_id, t.customer_id as owner, s.at,
    s.amount as amount_minor, t.amount_minor as kept_minor, coalesce(s.currency, :currency) as currency,
    t.currency as kept_currency, s.method, s.status, t.status as kept_status, s.reference, s.provider,
    s.failure, s.note, s.invoice, i.id as named, i.customer_id as named_owner, :by as by
from staged s
left join lateral (select * from isp_payments t where {match} order by t.at, t.number limit 1) t on true
left join isp_customers c on c.number = s.customer
left join isp_invoices i on i.number = s.invoice
"""
PAYMENT_CHECKS = (
    *load_whose.checks("ready_isp_payments", needed=True),
    Check(field="customer", sql=OTHER_CUSTOMER.format(table="ready_isp_payments")),
    Check(field="currency", sql=OTHER_CURRENCY.format(table="ready_isp_payments")),
    Check(
        field="amount",
        sql="select r.\"row\", 'is nothing. Leave the row out.' as said from ready_isp_payments r where "
        "r.amount_minor = 0",
    ),
    Check(
        field="amount",
        sql=f"select r.\"row\", format('%s is booked with %s here. Take it back there and book it anew.', "
        f"r.key, "
        f"{AMOUNT.format(minor='r.kept_minor')}) as said from ready_isp_payments r where r.kept_minor <> "
        f"r.amount_minor",
    ),
    Check(
        field="status",
        sql='select r."row", format(\'%s is %s here and %s in the file. Take it back there if the money is '
        "gone.', r.key, "
        "r.kept_status, r.status) as said from ready_isp_payments r "
        "where r.status <> r.kept_status and r.kept_status <> 'pending'",
    ),
    Check(
        field="invoice",
        sql="select r.\"row\", format('there is no invoice %s of this customer. Load the invoices first.', "
        "r.invoice) as said "
        "from ready_isp_payments r where r.invoice is not null and r.target is null "
        "and r.named_owner is distinct from r.customer_id",
    ),
    Check(
        field="currency",
        sql="select r.\"row\", format('the account is kept in %s, so %s cannot be booked on it.', "
        "coalesce((select string_agg(distinct i.currency, ' and ') from isp_invoices i "
        "where i.customer_id = r.customer_id and i.status <> 'draft'), :currency), r.currency) as said "
        "from ready_isp_payments r where r.target is null and r.customer_id is not null "
        "and not exists (select from isp_invoices i where i.customer_id = r.customer_id and i.status <> "
        "'draft' "
        "and i.currency = r.currency) and (r.currency <> :currency or exists (select from isp_invoices i "
        "where i.customer_id = r.customer_id and i.status <> 'draft'))",
    ),
    Check(
        field="at",
        sql='select r."row", format(\'what this customer paid before %s was booked with the invoices '
        "already. Leave such "
        "payments out, or load the invoices without their columns paid, outstanding and status.', o.until) "
        "as said "
        "from ready_isp_payments r join (select customer_id, "
        f"max(cast(substring(note from '[0-9-]{{10}}$') as date)) as until from isp_payments "
        f""
        f"where starts_with(number, 'OPEN-') and starts_with(note, '{BEFORE}') group by customer_id) o "
        "on o.customer_id = r.customer_id where r.target is null and coalesce(r.status, 'succeeded') = "
        "'succeeded' "
        "and cast(r.at at time zone :zone as date) < o.until",
    ),
)
COMES_IN = (
    "create temporary table named_invoices on commit drop as "
    "select r.id as payment_id, r.named as invoice_id from ready_isp_payments r where r.named is not null "
    "and coalesce(r.status, 'succeeded') = 'succeeded' and (r.target is null or r.kept_status = 'pending')"
)
TWICE = (
    "select format('%s payments have the same reference as another one, such as %s. They are booked all the "
    "same, for "
    "their numbers differ.', count(*), min(reference)) from (select reference, count(*) over (partition by "
    f"{REFERENCE.format(text='reference')}) as n from staged where reference is not null) d "
    "where n > 1 having count(*) > 0"
)


def payments(fields: Mapping[str, str], where: Where, key: str, *, scale: float) -> Plan:
    """Return how payments are loaded, known again by number or by reference, and spread over invoices."""
    number = "s.number" if key == "number" else GENERATED
    return Plan(
        fields=fields,
        key="s.number" if key == "number" else REFERENCE.format(text="s.reference"),
        key_field=f"s.{key}",
        targets=(
            Target(
                noun="payments",
                table="isp_payments",
                before=() if key == "number" else (COUNTER,),
                select=PAYMENT_ROWS.format(match=MATCH[key], number=number, new_id=NEW_ID),
                columns=(
                    *(
                        Column(name=name, fixed=True)
                        for name in ("id", "number", "customer_id", "amount_minor")
                    ),
                    Column(name="currency", fixed=True),
                    Column(name="by", fixed=True),
                    Column(name="at", clears=False),
                    Column(name="method", clears=False),
                    Column(name="status", default="'succeeded'"),
                    *(Column(name=name) for name in ("reference", "provider", "failure", "note")),
                ),
                after=() if key == "number" else (COUNTED,),
            ),
        ),
        first=load_whose.FIRST,
        checks=PAYMENT_CHECKS,
        after=(COMES_IN, ACCOUNTS.format(table="ready_isp_payments"), *NAMED, *SPREAD),
        hold=(NO_BOOKING, HOLD),
        notes=(TWICE,) if key == "number" else (),
        binds=_binds(where, scale),
    )


def _binds(where: Where, scale: float) -> dict[str, object]:
    today = where.now.astimezone(where.zone).date()
    return {
        "currency": where.currency,
        "zone": str(where.zone),
        "by": where.by,
        "today_said": today.isoformat(),
        "now": where.now,
        "scale": scale,
    }
