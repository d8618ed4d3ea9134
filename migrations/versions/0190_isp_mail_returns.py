"""What comes back by e-mail, why a mailing left somebody out, and two reasons at once not to write."""

from __future__ import annotations

from alembic import op

from migrations.protect import protect

revision = "0190"
down_revision = "0161"

STATUSES = "'draft', 'queued', 'sending', 'sent', 'failed', 'bounced', 'unknown', 'cancelled'"


def upgrade() -> None:
    """Add the columns, and the table of what came back, protected."""
    op.execute(
        f"""
alter table isp_mail_stops drop constraint isp_mail_stops_pkey;
alter table isp_mail_stops add primary key (tenant_id, address, reason);
create index isp_mail_stops_at on isp_mail_stops (tenant_id, at desc);
alter table isp_mailings
    add column kind text not null default 'news' check (kind in ('news', 'service')),
    add column left_out jsonb not null default '{{}}';
alter table isp_emails
    add column left_out text check (left_out in ('bounced', 'unsubscribed')),
    drop constraint isp_emails_status_check,
    add constraint isp_emails_status_check check (status in ({STATUSES}, 'left out'));
create table isp_mail_returns (
    tenant_id uuid not null references tenants (id) on delete cascade,
    mailbox text not null,
    validity bigint not null,
    uid bigint not null,
    digest text not null,
    back text not null check (back in
        ('bounced', 'refused', 'delayed', 'unsubscribed', 'reply', 'stranger', 'other')),
    number text,
    said text not null default '',
    at timestamptz not null,
    primary key (tenant_id, mailbox, validity, uid)
);
create index isp_mail_returns_digest on isp_mail_returns (tenant_id, digest);
        """
    )
    protect("isp_mail_returns")


def downgrade() -> None:
    """Drop them; of two reasons the bounce stays, and who was left out counts as cancelled."""
    op.execute(
        f"""
drop table isp_mail_returns;
delete from isp_mail_stops s where s.reason = 'unsubscribed' and exists (
    select from isp_mail_stops b
    where b.tenant_id = s.tenant_id and b.address = s.address and b.reason = 'bounced');
drop index isp_mail_stops_at;
alter table isp_mail_stops drop constraint isp_mail_stops_pkey;
alter table isp_mail_stops add primary key (tenant_id, address);
update isp_emails set status = 'cancelled' where status = 'left out';
alter table isp_emails
    drop constraint isp_emails_status_check,
    drop column left_out,
    add constraint isp_emails_status_check check (status in ({STATUSES}));
alter table isp_mailings drop column kind, drop column left_out;
        """
    )
