"""The tenants, and the extensions everything else stands on."""

from __future__ import annotations

from alembic import op

from migrations.protect import BOUND

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the directory of tenants; anybody unbound may read it, only a bound tenant writes its own row."""
    op.execute(
        """
create extension if not exists vector;
create extension if not exists pg_trgm;
do $$
declare wanted text;
begin
    -- Nice to have; some builds of PostgreSQL come without them.
    foreach wanted in array array['unaccent', 'btree_gin'] loop
        if exists (select from pg_available_extensions where name = wanted) then
            execute format('create extension if not exists %I', wanted);
        end if;
    end loop;
end $$;

create table tenants (
    id uuid primary key default gen_random_uuid(),
    slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name text not null check (name <> ''),
    timezone text not null default 'UTC',
    currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
    locale text not null default 'en',
    settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
    created_at timestamptz not null default now()
);

-- The application reads the version and never moves it.
do $$
declare who regrole;
begin
    for who in select distinct acl.grantee::regrole from pg_class, aclexplode(relacl) acl
               where relname = 'alembic_version' and relnamespace = 'public'::regnamespace
                 and acl.grantee <> relowner and acl.grantee <> 0 loop
        execute format('revoke insert, update, delete on alembic_version from %s', who);
    end loop;
end $$;
        """
    )
    op.execute("alter table tenants enable row level security; alter table tenants force row level security")
    op.execute(f"create policy tenant on tenants using (id = {BOUND}) with check (id = {BOUND})")
    op.execute(f"create policy directory on tenants for select using ({BOUND} is null)")


def downgrade() -> None:
    """Drop the table; the extensions may be somebody else's and stay."""
    op.execute("drop table tenants")
