"""Words of very many rows are counted once at the end of their load, where it says so, and not with every batch.

Each batch used to count the same few thousand words again: within one transaction every count leaves a dead
row behind that the next one has to step over, so that the work grew with the square of the batches.
"""

from __future__ import annotations

from alembic import op

revision = "0171"
down_revision = "0180"

TABLES = ("isp_customers", "isp_tickets")
BY_NOW = "where current_setting('app.words_later', true) is distinct from 'on' "
COUNT = """
create function isp_words_count() returns void language sql as $$
    insert into isp_words as w (tenant_id, kind, word, uses)
    select tenant_id, kind, word, count(*) from isp_word_rows group by 1, 2, 3 order by 1, 2, 3
    on conflict (tenant_id, kind, word) do update set uses = excluded.uses where w.uses <> excluded.uses
$$
"""
# The bodies are those of 0106 but for the one condition, which goes where the fresh words are counted.
REWRITE = """
do $$
declare body text := pg_get_functiondef('{table}_words_added'::regproc);
begin
    execute replace(body, '{old}', '{new}');
end $$
"""
COUNTED = "from fresh group by tenant_id, word"


def upgrade() -> None:
    """Let the words of added rows wait, and be counted in one go."""
    op.execute(COUNT)
    _rewrite(COUNTED, COUNTED.replace("group", f"{BY_NOW}group"))


def downgrade() -> None:
    """Count them at once again."""
    _rewrite(COUNTED.replace("group", f"{BY_NOW}group"), COUNTED)
    op.execute("drop function isp_words_count()")


def _rewrite(old: str, new: str) -> None:
    for table in TABLES:
        quoted = [part.replace("'", "''") for part in (old, new)]
        op.execute(REWRITE.format(table=table, old=quoted[0], new=quoted[1]))
