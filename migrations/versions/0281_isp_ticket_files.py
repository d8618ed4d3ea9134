"""Files on tickets in the local connector: what they are, and their bytes in a table of their own."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0281"
down_revision = "0280"

TABLES = ("isp_ticket_files", "isp_ticket_file_bytes")
KINDS = "'comment', 'status', 'assign', 'priority', 'escalate', 'close', 'category', 'merge', 'outage'"


def upgrade() -> None:
    """Create the tables, each protected; whoever goes, ticket or customer, takes the files along."""
    op.execute(
        f"""
create table isp_ticket_files (
    tenant_id uuid not null default {OWN},
    id uuid not null default gen_random_uuid(),
    number text not null,                       -- e.g. FILE-1001
    ticket_id uuid not null,
    event_id uuid,                              -- the line of history it came with
    name text not null,
    media_type text not null,
    size int not null check (size between 1 and 10000000),
    sha256 text not null check (sha256 ~ '^[0-9a-f]{{64}}$'),
    by text not null,
    at timestamptz not null,
    primary key (tenant_id, id),
    unique (tenant_id, number),
    foreign key (tenant_id, ticket_id) references isp_tickets (tenant_id, id) on delete cascade,
    foreign key (tenant_id, event_id) references isp_ticket_events (tenant_id, id) on delete set null (event_id)
);
create index isp_ticket_files_ticket on isp_ticket_files (tenant_id, ticket_id, at);
create index isp_ticket_files_event on isp_ticket_files (tenant_id, event_id) where event_id is not null;
create table isp_ticket_file_bytes (
    tenant_id uuid not null default {OWN},
    file_id uuid not null,
    content bytea not null,
    primary key (tenant_id, file_id),
    foreign key (tenant_id, file_id) references isp_ticket_files (tenant_id, id) on delete cascade
);
alter table isp_ticket_file_bytes alter column content set storage external;
alter table isp_ticket_events drop constraint isp_ticket_events_kind_check;
alter table isp_ticket_events add constraint isp_ticket_events_kind_check check (kind in ({KINDS}, 'file'));
create function isp_forget_files() returns trigger language plpgsql set search_path = public as $$
begin
    if not exists (select from isp_ticket_files) then return old; end if;  -- most have none to look for
    delete from isp_ticket_files f using isp_tickets t
    where t.tenant_id = old.tenant_id and t.customer_id = old.id
        and f.tenant_id = t.tenant_id and f.ticket_id = t.id;
    return old;
end $$;
create trigger isp_customers_forget_files before delete on isp_customers
    for each row execute function isp_forget_files();
        """
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    """Drop them; what was written of them stays in the history, as comments.

    Row-level security is lifted from the owner while they change, in the migration's own transaction.
    """
    op.execute(
        f"""
drop trigger isp_customers_forget_files on isp_customers;
drop function isp_forget_files();
alter table isp_ticket_events drop constraint isp_ticket_events_kind_check;
alter table isp_ticket_events no force row level security;
update isp_ticket_events set kind = 'comment' where kind = 'file';
alter table isp_ticket_events force row level security;
alter table isp_ticket_events add constraint isp_ticket_events_kind_check check (kind in ({KINDS}));
drop table isp_ticket_file_bytes;
drop table isp_ticket_files;
        """
    )
