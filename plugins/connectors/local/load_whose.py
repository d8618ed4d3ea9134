"""Whose a row of a file is that names no account: its telephone number or e-mail address tells."""

from __future__ import annotations

from collections.abc import Sequence

from plugins.connectors.local.load_rows import Check

BY = ("customer_phone", "customer_email")
# One who left long ago may have had the number that a customer of today has: then today's is meant.
WHOSE = (
    "create temporary table whose on commit drop as with named as materialized ("
    "select s.\"row\", reverse(regexp_replace(s.customer_phone, '\\D', '', 'g')) as phone, "
    "lower(s.customer_email) as email from staged s "
    "where s.customer is null and (s.customer_phone is not null or s.customer_email is not null)"
    "), found as ("
    'select n."row", c.number, c.status from named n join isp_customers c on c.phone_key = n.phone union '
    'select n."row", c.number, c.status from named n join isp_customers c on c.alt_phone_key = n.phone union '
    'select n."row", c.number, c.status from named n join isp_customers c on c.email_key = n.email'
    "), today as (select f.* from found f where f.status <> 'churned' or not exists ("
    'select from found o where o."row" = f."row" and o.status <> \'churned\')'
    ") "
    'select n."row", count(t.number) as several, min(t.number) as number, '
    "string_agg(t.number, ', ' order by t.number) as shown "
    'from named n left join today t on t."row" = n."row" group by n."row"'
)
TAKEN = 'update staged s set customer = w.number from whose w where w."row" = s."row" and w.several = 1'
FIRST = (WHOSE, TAKEN)
"""Afterwards each row that tells whose it is bears the account number."""
NO_ONE = (
    'select s."row", case when w.several = 0 then format(\'there is no customer with %s. Load the customers '
    "first, or say the account number.', {said}) else format('%s is that of several customers: %s. Say the "
    "account number.', {said}, left(w.shown, 60)) end as said "
    'from whose w join staged s on s."row" = w."row" where w.several <> 1 and {mine}'
)
SAID = "concat_ws(' or ', s.customer_phone, s.customer_email)"


def checks(table: str, *, needed: bool) -> Sequence[Check]:
    """Return what may not be: nobody, several, an account that is not there; where `needed`, none at all."""
    sure = (
        "select r.\"row\", format('there is no customer %s. Load the customers first.', r.customer) as said "
        f"from {table} r where r.customer is not null and r.customer_id is null"
    )
    bare = (
        f"select r.\"row\", 'is empty.' as said from {table} r where r.customer is null "
        'and not exists (select from whose w where w."row" = r."row")'
    )
    return (
        Check(field="customer", sql=sure),
        *([Check(field="customer", sql=bare)] if needed else []),
        Check(field=BY[0], sql=NO_ONE.format(said=SAID, mine="s.customer_phone is not null")),
        Check(field=BY[1], sql=NO_ONE.format(said=SAID, mine="s.customer_phone is null")),
    )
