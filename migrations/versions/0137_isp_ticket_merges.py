"""Tickets that turn out to be duplicates, and what their outage, category and end are looked up by."""

from __future__ import annotations

from alembic import op

revision = "0137"
down_revision = "0131"

KINDS = "'comment', 'status', 'assign', 'priority', 'escalate', 'close'"
LATER = "'category', 'merge', 'outage'"


def upgrade() -> None:
    """Say into which ticket one went and where it stood before; new kinds of lines; the indexes."""
    op.execute(
        f"""
alter table isp_tickets
    add column merged_into text,
    add column status_before text
        check (status_before in ('open', 'in_progress', 'pending', 'resolved', 'closed'));
create index isp_tickets_merged on isp_tickets (tenant_id, merged_into) where merged_into is not null;
create index isp_tickets_outage on isp_tickets (tenant_id, outage_number) where outage_number is not null;
create index isp_tickets_ended on isp_tickets (tenant_id, coalesce(resolved_at, closed_at));
alter table isp_ticket_events drop constraint isp_ticket_events_kind_check;
alter table isp_ticket_events add constraint isp_ticket_events_kind_check check (kind in ({KINDS}, {LATER}));
        """
    )


def downgrade() -> None:
    """Take it back; lines of the new kinds stay as comments.

    Row-level security is lifted from the owner while they change, in the migration's own transaction.
    """
    op.execute(
        f"""
alter table isp_ticket_events drop constraint isp_ticket_events_kind_check;
alter table isp_ticket_events no force row level security;
update isp_ticket_events set kind = 'comment' where kind in ({LATER});
alter table isp_ticket_events force row level security;
alter table isp_ticket_events add constraint isp_ticket_events_kind_check check (kind in ({KINDS}));
drop index isp_tickets_ended;
drop index isp_tickets_outage;
drop index isp_tickets_merged;
alter table isp_tickets drop column status_before, drop column merged_into;
        """
    )
