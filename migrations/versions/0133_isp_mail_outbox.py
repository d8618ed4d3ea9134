"""E-mail that is sent from here: an outbox, mailings, and addresses that are not written to."""

from __future__ import annotations

from alembic import op

from migrations.protect import protect

revision = "0133"
down_revision = "0130"

TABLES = ("isp_mailings", "isp_mail_stops")


def upgrade() -> None:
    """Let the log of e-mails be their outbox, and add the tables, each protected."""
    op.execute(
        """
alter table isp_emails
    add column number text,
    add column message_id text,
    add column html text,
    add column sender text,
    add column reply_to text,
    add column due_at timestamptz,
    add column give_up_at timestamptz,
    add column attempts int not null default 0,
    add column tried_at timestamptz,
    add column leased_until timestamptz,
    add column handed_at timestamptz,
    add column sent_at timestamptz,
    add column error text,
    add column mailing_id uuid,
    drop constraint isp_emails_status_check,
    add constraint isp_emails_status_check check (status in
        ('draft', 'queued', 'sending', 'sent', 'failed', 'bounced', 'unknown', 'cancelled'));
create unique index isp_emails_number on isp_emails (tenant_id, number) where number is not null;
create unique index isp_emails_message_id on isp_emails (tenant_id, message_id) where message_id is not null;
create index isp_emails_due on isp_emails (tenant_id, due_at, number) where status in ('queued', 'sending');
create index isp_emails_tried on isp_emails (tenant_id, tried_at) where tried_at is not null;
create index isp_emails_at on isp_emails (tenant_id, at desc);
create index isp_emails_mailing on isp_emails (tenant_id, mailing_id, status) where mailing_id is not null;
create table isp_mailings (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    number text not null,
    audience text not null,
    subject text not null, body text not null,
    total int not null check (total > 0),
    by text not null,
    at timestamptz not null,
    starts_at timestamptz not null,
    cancelled_at timestamptz, cancelled_by text,
    primary key (tenant_id, id),
    unique (tenant_id, number)
);
create index isp_mailings_at on isp_mailings (tenant_id, at desc);
create table isp_mail_stops (
    tenant_id uuid not null references tenants (id) on delete cascade,
    address text not null,
    reason text not null check (reason in ('bounced', 'unsubscribed')),
    detail text not null default '',
    at timestamptz not null,
    by text not null,
    primary key (tenant_id, address)
);
        """
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    """Drop them; what waits or stands open is cancelled, as the log knew no such thing."""
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
    op.execute(
        """
delete from isp_emails where status = 'draft';
update isp_emails set status = 'cancelled' where status in ('sending', 'failed', 'unknown');
drop index isp_emails_at;
alter table isp_emails
    drop constraint isp_emails_status_check,
    drop column number, drop column message_id, drop column html, drop column sender, drop column reply_to,
    drop column due_at, drop column give_up_at, drop column attempts, drop column tried_at,
    drop column leased_until, drop column handed_at, drop column sent_at, drop column error,
    drop column mailing_id,
    add constraint isp_emails_status_check check (status in ('queued', 'sent', 'bounced', 'cancelled'));
        """
    )
