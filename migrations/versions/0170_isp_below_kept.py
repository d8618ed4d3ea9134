"""What "who is hit" counts, a narrow row for each service, kept by triggers whoever writes and however.

Below a core router hang a hundred thousand services. Their customers, ports and sessions are in four tables,
and a question about them visited each. Here they stand side by side, in the order in which they are counted
and listed, so that one pass over an index answers. The rows are worked out from the tables by the statement
that changes these, in its transaction: nothing else writes them.

Writers at the same time: what a row takes from a customer and its services is worked out under the customer's
lock, what it takes from sessions under the row's own, each in a statement of its own that sees what others
committed meanwhile.
"""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0170"
down_revision = "0190"

TABLE = f"""
create table isp_below (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    service_id uuid not null,
    customer_id uuid not null,
    active boolean not null,
    alone boolean not null,                     -- the only active service of its customer
    class smallint not null,                    -- 0 critical, 2 premium, 4 standard; one more if no business
    name text collate "C" not null, number text collate "C" not null,
    plan_code text not null, road text,
    region text, site text, partner text,       -- of the customer
    device text, port_id uuid,                  -- what it hangs on by cable
    online boolean not null default false,      -- its newest session is up
    nas text,                                   -- where that one is or was, and when it ended
    ended_at timestamptz,
    left_nas text,                              -- where it was before, if that was elsewhere
    left_at timestamptz,
    primary key (tenant_id, service_id)
)
"""
HELD = "service_id, customer_id, alone, plan_code, road, region, site, partner"
INDEXES = f"""
create index isp_below_device on isp_below (tenant_id, device, class, online, name, number)
    include ({HELD}, port_id) where active;
create index isp_below_nas on isp_below (tenant_id, nas, class, online, name, number)
    include ({HELD}, device, ended_at) where active;
create index isp_below_left on isp_below (tenant_id, left_nas, left_at) where active and left_nas is not null;
drop index isp_services_below;
drop index isp_customers_hit;
drop index isp_sessions_live;
"""
OLD_INDEXES = """
create index isp_sessions_live on isp_sessions (tenant_id, service_id) where ended_at is null;
create index isp_customers_hit on isp_customers (tenant_id, id)
    include (tier, kind, name, road, region, site, partner);
create index isp_services_below on isp_services (tenant_id, port_id)
    include (id, number, customer_id, plan_code) where status = 'active';
"""
BY_INDEX = "set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off"
"""Whoever calls with how many ever: each row is looked up, as a plan made for a small table stays in use."""

# Elsewhere is looked for among the last ten sessions: a line that flaps has thousands, all at one NAS.
SESSION = """
    left join lateral (
        select true as known, x.ended_at is null as online, x.nas, x.ended_at from isp_sessions x
        where x.tenant_id = tenant and x.service_id = {service} order by x.started_at desc, x.id limit 1
    ) n on true
    left join lateral (
        select y.nas, y.ended_at from (
            select x.nas, x.ended_at, x.started_at, x.id from isp_sessions x
            where x.tenant_id = tenant and x.service_id = {service} and n.known
            order by x.started_at desc, x.id limit 10
        ) y
        where y.nas is distinct from n.nas and y.ended_at is not null order by y.started_at desc, y.id limit 1
    ) l on true
"""
COLUMNS = (
    "customer_id",
    "active",
    "alone",
    "class",
    "name",
    "number",
    "plan_code",
    "road",
    "region",
    "site",
    "partner",
    "device",
    "port_id",
)
# `offset 0` keeps each look-up by itself: in a load the planner takes every table for empty, and would rather
# read all of a tenant's rows for each. By the same token rows are changed one by one, by their key.
KEEP = f"""
create function isp_below_keep(tenant uuid, customers uuid[]) returns void language plpgsql {BY_INDEX} as $$
begin
    perform from (select id from unnest(customers) id order by id) x cross join lateral (
        select from isp_customers c where c.tenant_id = tenant and c.id = x.id for no key update
    ) c;
    perform from unnest(customers) x(id) cross join lateral (
        select s.port_id from isp_services s where s.tenant_id = tenant and s.customer_id = x.id offset 0
    ) s cross join lateral (
        select from isp_ports p where p.tenant_id = tenant and p.id = s.port_id for key share
    ) p;
    insert into isp_below as b (tenant_id, service_id, {", ".join(COLUMNS)},
        online, nas, ended_at, left_nas, left_at)
    select tenant, s.id, s.customer_id, s.status = 'active',
        s.status = 'active' and count(*) filter (where s.status = 'active') over (partition by s.customer_id) = 1,
        case c.tier when 'critical' then 0 when 'premium' then 2 else 4 end
            + case c.kind when 'business' then 0 else 1 end,
        left(c.name, 100), s.number, s.plan_code, left(c.road, 100), c.region, c.site, c.partner,
        p.device, s.port_id, coalesce(n.online, false), n.nas, n.ended_at, l.nas, l.ended_at
    from unnest(customers) x(id) cross join lateral (
        select c.* from isp_customers c where c.tenant_id = tenant and c.id = x.id offset 0
    ) c cross join lateral (
        select s.* from isp_services s where s.tenant_id = tenant and s.customer_id = x.id offset 0
    ) s left join lateral (
        select p.device from isp_ports p where p.tenant_id = tenant and p.id = s.port_id offset 0
    ) p on true
    {SESSION.format(service="s.id")}
    on conflict (tenant_id, service_id) do update set {", ".join(f"{c} = excluded.{c}" for c in COLUMNS)}
    where ({", ".join(f"b.{c}" for c in COLUMNS)})
        is distinct from ({", ".join(f"excluded.{c}" for c in COLUMNS)});
end $$
"""
DIAL = f"""
create function isp_below_dial(tenant uuid, services uuid[]) returns void language plpgsql {BY_INDEX} as $$
declare d record;
begin
    perform from (select id from unnest(services) id order by id) x cross join lateral (
        select from isp_below b where b.tenant_id = tenant and b.service_id = x.id for no key update
    ) b;
    for d in
        select s.id, coalesce(n.online, false) as online, n.nas, n.ended_at, l.nas as left_nas,
            l.ended_at as left_at
        from unnest(services) s(id) {SESSION.format(service="s.id")}
    loop
        update isp_below b set online = d.online, nas = d.nas, ended_at = d.ended_at, left_nas = d.left_nas,
            left_at = d.left_at
        where b.tenant_id = tenant and b.service_id = d.id
            and (b.online, b.nas, b.ended_at, b.left_nas, b.left_at)
                is distinct from (d.online, d.nas, d.ended_at, d.left_nas, d.left_at);
    end loop;
end $$
"""
EACH = """
    for tenant, touched in select x.tenant_id, array_agg(distinct x.id) from ({rows}) x group by 1 loop
        perform isp_below_{work}(tenant, touched);
    end loop;
"""
GONE = """
    for one in select tenant_id, id from gone loop
        delete from isp_below b where b.tenant_id = one.tenant_id and b.service_id = one.id;
    end loop;
"""
OF_SERVICE = "tenant_id, id, customer_id, status, port_id, plan_code, number"
OF_CUSTOMER = "tenant_id, id, tier, kind, name, street, region, site, partner"
OF_PORT = "tenant_id, id, device"


def _changed(columns: str, wanted: str) -> str:
    """Return the rows, before and after, of which one of the columns changed."""
    now, before = f"select {columns} from fresh", f"select {columns} from gone"
    return f"select {wanted} from (({now} except {before}) union all ({before} except {now})) d"


def _on_ports(rows: str) -> str:
    return (
        "select s.tenant_id, s.customer_id as id from "
        f"({rows}) d cross join lateral (select o.tenant_id, o.customer_id from isp_services o "
        "where o.tenant_id = d.tenant_id and o.port_id = d.id offset 0) s"
    )


TRIGGERS = {
    ("isp_services", "insert"): EACH.format(
        rows="select tenant_id, customer_id as id from fresh", work="keep"
    ),
    ("isp_services", "update"): EACH.format(
        rows=_changed(OF_SERVICE, "tenant_id, customer_id as id"), work="keep"
    ),
    ("isp_services", "delete"): GONE
    + EACH.format(rows="select tenant_id, customer_id as id from gone", work="keep"),
    ("isp_customers", "update"): EACH.format(rows=_changed(OF_CUSTOMER, "tenant_id, id"), work="keep"),
    ("isp_ports", "insert"): EACH.format(rows=_on_ports("select tenant_id, id from fresh"), work="keep"),
    ("isp_ports", "update"): EACH.format(rows=_on_ports(_changed(OF_PORT, "tenant_id, id")), work="keep"),
    ("isp_ports", "delete"): EACH.format(rows=_on_ports("select tenant_id, id from gone"), work="keep"),
    ("isp_sessions", "insert"): EACH.format(
        rows="select tenant_id, service_id as id from fresh", work="dial"
    ),
    ("isp_sessions", "delete"): EACH.format(rows="select tenant_id, service_id as id from gone", work="dial"),
}
SEEN = {
    "insert": "new table as fresh",
    "update": "old table as gone new table as fresh",
    "delete": "old table as gone",
}
# What devices say of a session all the time, bytes and times, must cost nothing: so not for each statement.
SESSION_CHANGED = """
create function isp_sessions_below_update() returns trigger language plpgsql as $$
begin
    perform isp_below_dial(new.tenant_id, array[old.service_id, new.service_id]);
    return null;
end $$;
create trigger below_update after update of service_id, nas, started_at, ended_at on isp_sessions
for each row when ((old.service_id, old.nas, old.started_at, old.ended_at)
    is distinct from (new.service_id, new.nas, new.started_at, new.ended_at))
execute function isp_sessions_below_update()
"""
# The role that owns the tables is bound by their policies too: one tenant after the other.
FILL = """
do $$
declare tenant uuid;
begin
    for tenant in select id from tenants loop
        perform set_config('app.tenant_id', tenant::text, true);
        perform isp_below_keep(tenant, array(select distinct s.customer_id from isp_services s));
    end loop;
    perform set_config('app.tenant_id', '', true);
end $$
"""


def upgrade() -> None:
    """Create the table with what keeps it, fill it, and drop the indexes nothing else used."""
    op.execute(TABLE)
    protect("isp_below")
    for statement in (KEEP, DIAL):
        op.execute(statement)
    op.execute(FILL)
    op.execute(INDEXES)
    for (table, event), body in TRIGGERS.items():
        op.execute(
            f"create function {table}_below_{event}() returns trigger language plpgsql {BY_INDEX} as "
            f"$$ declare tenant uuid; touched uuid[]; one record; begin {body} return null; end $$"
        )
        op.execute(
            f"create trigger below_{event} after {event} on {table} referencing {SEEN[event]} "
            f"for each statement execute function {table}_below_{event}()"
        )
    op.execute(SESSION_CHANGED)


def downgrade() -> None:
    """Drop all of it; the indexes come back."""
    for table, event in (*TRIGGERS, ("isp_sessions", "update")):
        op.execute(f"drop function {table}_below_{event}() cascade")
    op.execute("drop function isp_below_dial(uuid, uuid[])")
    op.execute("drop function isp_below_keep(uuid, uuid[])")
    op.execute("drop table isp_below")
    op.execute(OLD_INDEXES)
