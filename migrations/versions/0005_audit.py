"""What everyone asked, was refused, approved and did: a hash chain per tenant that only grows."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0005"
down_revision = "0042"


def upgrade() -> None:
    """Create rows and heads, protected; they change through `audit_append` only."""
    op.execute(
        f"""
create table audit (
    tenant_id uuid not null default {OWN},
    seq bigint not null check (seq > 0),
    at timestamptz not null,
    user_id text not null,
    action_id text not null,
    event text not null,
    call_id uuid,
    things text[] not null,                     -- "customer:100234"
    body text not null,                         -- canonical JSON; text, so that its bytes stay
    prev bytea not null,
    hash bytea not null,
    primary key (tenant_id, seq)
);
create index audit_at on audit (tenant_id, at);
create index audit_user on audit (tenant_id, user_id, seq);
create index audit_action on audit (tenant_id, action_id, seq);
create index audit_call on audit (tenant_id, call_id) where call_id is not null;
create index audit_things on audit using gin (things);
create table audit_heads (
    tenant_id uuid primary key default {OWN} references tenants (id),
    seq bigint not null,
    hash bytea not null
);
        """
    )
    for table in ("audit", "audit_heads"):
        protect(table)
    op.execute(APPEND)
    op.execute(KEEP)
    op.execute(NO_OTHER_WAY)


APPEND = """
create function audit_append(
    p_at timestamptz, p_user text, p_action text, p_event text, p_call uuid,
    p_things text[], p_body text, p_quiet boolean
) returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
    t uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    n bigint;
    p bytea;
    h bytea;
    part text;
    line text := '';
begin
    if t is null then
        raise exception 'audit: no tenant is bound';
    end if;
    if p_quiet then                             -- a read's row need not wait for the disk
        perform set_config('synchronous_commit', 'off', true);
    end if;
    perform pg_advisory_xact_lock(hashtextextended('audit/' || t, 0));
    select seq + 1, hash into n, p from audit_heads where tenant_id = t;
    if not found then
        n := 1;
        p := decode(repeat('00', 32), 'hex');
    end if;
    foreach part in array array[
        t::text, n::text, to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        p_user, p_action, p_event, coalesce(p_call::text, ''),
        array_to_string(p_things, chr(31)), p_body, encode(p, 'hex')
    ] loop
        line := line || octet_length(part) || ':' || part;
    end loop;
    h := sha256(convert_to(line, 'UTF8'));
    insert into audit (tenant_id, seq, at, user_id, action_id, event, call_id, things, body, prev, hash)
        values (t, n, p_at, p_user, p_action, p_event, p_call, p_things, p_body, p, h);
    insert into audit_heads (tenant_id, seq, hash) values (t, n, h)
        on conflict (tenant_id) do update set seq = excluded.seq, hash = excluded.hash;
    return n;
end $$
"""
"""One round trip per row. Each part of the line carries its length, so that no text can move into another."""

KEEP = """
create function audit_keep() returns trigger language plpgsql as $$
begin
    raise exception 'audit rows are only ever added';
end $$;
create trigger audit_keep before update or delete on audit for each row execute function audit_keep();
create trigger audit_keep_all before truncate on audit for each statement execute function audit_keep();
create trigger audit_keep_heads before delete on audit_heads for each row execute function audit_keep();
create trigger audit_keep_all_heads before truncate on audit_heads
    for each statement execute function audit_keep()
"""

NO_OTHER_WAY = """
do $$
declare
    who name;
begin
    -- whoever may write tables by default (the runtime role) reads these two and appends, no more
    for who in select distinct grantee from information_schema.role_table_grants
        where table_name in ('audit', 'audit_heads') and grantee not in (current_user, 'PUBLIC')
    loop
        execute format('revoke all on audit, audit_heads from %I', who);
        execute format('grant select on audit, audit_heads to %I', who);
    end loop;
    revoke all on audit, audit_heads from public;
end $$
"""


def downgrade() -> None:
    """Drop it all."""
    op.execute("drop table audit_heads")
    op.execute("drop table audit")
    op.execute("drop function audit_append")
    op.execute("drop function audit_keep")
