"""What people wrote stands beside the audit's chain, which holds its salted hash: so it can be erased."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0119"
down_revision = "0118"


def upgrade() -> None:
    """Create the texts, protected; they come and go through two functions only."""
    op.execute(
        f"""
create table audit_texts (
    tenant_id uuid not null default {OWN},
    seq bigint not null,                        -- of the row that holds the hash of salt and text
    told text,                                  -- canonical JSON: arguments, preview, sentences
    salt bytea,                                 -- goes with the text: then nobody can guess it from the hash
    erased_seq bigint,                          -- the row that says by whom it was erased, and why
    primary key (tenant_id, seq),
    check ((told is null) = (salt is null) and (told is null) = (erased_seq is not null))
)
        """
    )
    protect("audit_texts")
    op.execute(APPEND)
    op.execute(ERASE)
    op.execute(KEEP)
    op.execute(NO_OTHER_WAY)


APPEND = """
create function audit_append_told(
    p_at timestamptz, p_user text, p_action text, p_event text, p_call uuid,
    p_things text[], p_body text, p_quiet boolean, p_told text, p_salt bytea
) returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
    n bigint;
begin
    n := audit_append(p_at, p_user, p_action, p_event, p_call, p_things, p_body, p_quiet);
    insert into audit_texts (seq, told, salt) values (n, p_told, p_salt);
    return n;
end $$
"""

ERASE = """
create function audit_erase(p_at timestamptz, p_user text, p_things text[], p_body text, p_seqs bigint[])
returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
    n bigint;
begin
    n := audit_append(p_at, p_user, '', 'audit.erased', null, p_things, p_body, false);
    update audit_texts set told = null, salt = null, erased_seq = n
        where seq = any(p_seqs) and erased_seq is null;
    return n;
end $$
"""

KEEP = """
create function audit_texts_keep() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if new.tenant_id = old.tenant_id and new.seq = old.seq and old.told is not null and new.told is null then
            return new;
        end if;
    end if;
    raise exception 'what the audit keeps beside its rows is only ever added, or erased with a record';
end $$;
create trigger audit_texts_keep before update or delete on audit_texts
    for each row execute function audit_texts_keep();
create trigger audit_texts_keep_all before truncate on audit_texts
    for each statement execute function audit_texts_keep()
"""

NO_OTHER_WAY = """
do $$
declare
    who name;
begin
    for who in select distinct grantee from information_schema.role_table_grants
        where table_name = 'audit_texts' and grantee not in (current_user, 'PUBLIC')
    loop
        execute format('revoke all on audit_texts from %I', who);
        execute format('grant select on audit_texts to %I', who);
    end loop;
    revoke all on audit_texts from public;
end $$
"""


def downgrade() -> None:
    """Drop it all; the rows keep the hashes."""
    op.execute("drop function audit_erase")
    op.execute("drop function audit_append_told")
    op.execute("drop table audit_texts")
    op.execute("drop function audit_texts_keep")
