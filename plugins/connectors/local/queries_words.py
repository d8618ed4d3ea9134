"""Finding rows by words of a name, street or subject: whole, in part, in any order, misspelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Scope
from plugins.connectors.local.queries_customers import COLUMNS
from plugins.connectors.local.queries_scope import find_rows

USES = text(
    "select word, uses from isp_words where kind = any(cast(:kinds as text[])) "
    "and word = any(cast(:words as text[])) and uses > 0"
)
VOCABULARY = text(
    "select word, sum(uses)::int as uses from isp_words "
    "where kind = any(cast(:kinds as text[])) and uses > 0 group by word"
)
# Rows come from the rarer words; the common ones (road, street) are only checked on what those left.
CUSTOMERS = f"""
with cand as (
    select * from unnest(
        cast(:nrs as int[]), cast(:words as text[]), cast(:scores as float8[]), cast(:commons as bool[])
    ) as t(nr, word, score, common)
),
hits as (
    select r.row_id, cand.nr, max(cand.score) as score
    from cand join isp_word_rows r on r.kind = any(cast(:kinds as text[])) and r.word = cand.word
    where not cand.common group by r.row_id, cand.nr
),
rare as (
    select row_id, count(*) as n, sum(score) as score from hits group by row_id having count(*) >= :rare_need
),
best as (
    select rare.row_id, rare.n + common.n as n, rare.score + common.score as score
    from rare cross join lateral (
        select count(*) as n, coalesce(sum(score), 0) as score from (
            select max(cand.score) as score
            from cand join isp_word_rows r on r.kind = any(cast(:kinds as text[]))
                and r.word = cand.word and r.row_id = rare.row_id
            where cand.common group by cand.nr
        ) found
    ) common
    where rare.n + common.n >= :need order by 2 desc, 3 desc limit :pool
)
select {COLUMNS} from best join isp_customers c on c.id = best.row_id
where @within(c.region, c.site, c.partner)
order by best.n desc, best.score desc, c.status = 'churned', c.name, c.number limit :limit
"""  # noqa: S608 - COLUMNS is a constant
WIDER = 5
"""How many times the rows wanted are looked at, to put those first who are still customers."""


@dataclass(frozen=True)
class Candidate:
    """A word of the data that the nr-th typed word may stand for, and how well it fits (0 to 1).

    A `common` one occurs in so many rows that it is checked last.
    """

    nr: int
    word: str
    score: float
    common: bool = False


async def get_uses(session: AsyncSession, kinds: Sequence[str], words: Sequence[str]) -> dict[str, int]:
    """Return in how many rows each of the words occurs; absent ones are left out."""
    rows = await session.execute(USES, {"kinds": list(kinds), "words": list(words)})
    uses: dict[str, int] = {}
    for row in rows:
        uses[row.word] = uses.get(row.word, 0) + row.uses
    return uses


async def find_vocabulary(session: AsyncSession, kinds: Sequence[str]) -> dict[str, int]:
    """Return every word of some kinds and in how many rows it occurs."""
    return {row.word: row.uses for row in await session.execute(VOCABULARY, {"kinds": list(kinds)})}


async def find_customer_rows(
    session: AsyncSession,
    scope: Scope,
    kinds: Sequence[str],
    candidates: Sequence[Candidate],
    *,
    need: int,
    limit: int,
) -> Sequence[Row[Any]]:
    """Return customers in whose name or address at least `need` of the typed words occur."""
    return await find_rows(
        session,
        CUSTOMERS,
        scope,
        kinds=list(kinds),
        nrs=[c.nr for c in candidates],
        words=[c.word for c in candidates],
        scores=[c.score for c in candidates],
        commons=[c.common for c in candidates],
        rare_need=_rare_need(candidates, need),
        need=need,
        pool=limit * WIDER if scope.everywhere else None,
        limit=limit,
    )


def _rare_need(candidates: Sequence[Candidate], need: int) -> int:
    """Return how many of the rarer typed words a row must have, if it is to have `need` of all."""
    typed = {c.nr for c in candidates}
    rare = {c.nr for c in candidates if not c.common}
    return max(1, need - len(typed - rare))
