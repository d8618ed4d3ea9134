"""The words of names, streets and ticket subjects, for finding by part, order or misspelling.

Trigram indexes can not serve here: under row-level security PostgreSQL uses an index only for
leakproof conditions, and `%`, `like` and `@@` are not. So each word is a row, found by equality
or range; triggers keep the rows, whoever writes and however (COPY too).
"""

from __future__ import annotations

from alembic import op

from migrations.protect import protect

revision = "0106"
down_revision = "0105"

TABLES = ("isp_words", "isp_word_rows")
SOURCES = {
    "isp_customers": {
        "name": "concat_ws(' ', {row}.name, {row}.contact)",
        "street": "concat_ws(' ', {row}.street, {row}.city, {row}.postcode)",
    },
    "isp_tickets": {"ticket": "{row}.subject"},
}
"""Table -> kind of words -> where they come from."""
COLUMNS = {"isp_customers": "name, contact, street, city, postcode", "isp_tickets": "subject"}

CREATE = (
    """
    create table isp_words (
        tenant_id uuid not null references tenants (id) on delete cascade,
        kind text collate "C" not null,             -- name, street, ticket
        word text collate "C" not null,             -- lower case, without accents
        uses int not null,                          -- in how many rows
        primary key (tenant_id, kind, word)
    )
    """,
    """
    create table isp_word_rows (
        tenant_id uuid not null references tenants (id) on delete cascade,
        kind text collate "C" not null,
        word text collate "C" not null,
        row_id uuid not null,
        primary key (tenant_id, kind, word, row_id)
    )
    """,
    # The same rule in Python: plugins/connectors/local/shapes.py.
    r"""
    create function isp_words_of(value text) returns setof text language sql immutable as $$
        select distinct word
        from regexp_split_to_table(
            lower(regexp_replace(normalize(value, NFKD), E'[\u0300-\u036f''’‘`]', '', 'g')),
            E'[\\s!"#$%&()*+,./\\:;<=>?@\\[\\]^_{|}~–—-]+'
        ) as word
        where word <> ''
    $$
    """,
)

ADD = """
    with fresh as (
        insert into isp_word_rows (tenant_id, kind, word, row_id)
        select r.tenant_id, '{kind}', word, r.id from {rows} r, isp_words_of({value}) as word
        returning tenant_id, word
    )
    insert into isp_words as w (tenant_id, kind, word, uses)
    select tenant_id, '{kind}', word, count(*) from fresh group by tenant_id, word order by tenant_id, word
    on conflict (tenant_id, kind, word) do update set uses = w.uses + excluded.uses;
"""
DROP = """
    with theirs as materialized (  -- else many rows at once meet a skip scan over all words for each of them
        select r.tenant_id, r.id, word from {rows} r, isp_words_of({value}) as word
    ), gone as (
        delete from isp_word_rows w using theirs r
        where w.tenant_id = r.tenant_id and w.kind = '{kind}' and w.word = r.word and w.row_id = r.id
        returning w.tenant_id, w.word
    )
    update isp_words w set uses = w.uses - g.n
    from (select tenant_id, word, count(*) as n from gone group by tenant_id, word) g
    where w.tenant_id = g.tenant_id and w.kind = '{kind}' and w.word = g.word;
"""


def upgrade() -> None:
    """Create the tables, the functions and the triggers of each source."""
    for statement in CREATE:
        op.execute(statement)
    for table in TABLES:
        protect(table)
    for table in SOURCES:
        _keep_words(table)


def downgrade() -> None:
    """Drop them, triggers with their functions."""
    for table in SOURCES:
        for event in ("added", "changed", "removed"):
            op.execute(f"drop function {table}_words_{event}() cascade")
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
    op.execute("drop function isp_words_of(text)")


def _keep_words(table: str) -> None:
    """Give a table its three triggers; statement triggers where a load would feel the difference."""
    _function(table, "added", _each(table, ADD, "added"))
    _function(table, "removed", _each(table, DROP, "removed"))
    _function(table, "changed", _each(table, DROP, "(select old.*)") + _each(table, ADD, "(select new.*)"))
    run = f"execute function {table}_words_"
    op.execute(
        f"create trigger words_added after insert on {table} "
        f"referencing new table as added for each statement {run}added()"
    )
    op.execute(
        f"create trigger words_removed after delete on {table} "
        f"referencing old table as removed for each statement {run}removed()"
    )
    op.execute(
        f"create trigger words_changed after update of {COLUMNS[table]} on {table} "
        f"for each row {run}changed()"
    )


def _each(table: str, sql: str, rows: str) -> str:
    return "".join(
        sql.format(kind=kind, value=value.format(row="r"), rows=rows)
        for kind, value in SOURCES[table].items()
    )


def _function(table: str, event: str, body: str) -> None:
    op.execute(
        f"create function {table}_words_{event}() returns trigger language plpgsql as "
        f"$$ begin {body} return null; end $$"
    )
