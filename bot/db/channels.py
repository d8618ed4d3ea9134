"""Channel rules of a tenant, and the channels the bot knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.contract.channel import ChannelRule

COLUMNS = """r.surface, r.channel, r.allowed, r.reads_only, r.roles, r.closed, r.outsiders, r.note,
    coalesce(c.name, '') as name, coalesce(c.guests, false) as guests"""
KNOWN = "surface, channel, name, kind, checked_at, guests, guests_at, guest_news"
JOINED = "channel_rules r left join channels c on c.surface = r.surface and c.channel = r.channel"


@dataclass(frozen=True, kw_only=True)
class Known:
    """A channel the bot was spoken to in, or that somebody named; empty is not known.

    `checked_at`: when its kind was certain last. `guests`: whether a guest is in it, as seen at `guests_at`;
    `guest_news` counts who came and went since.
    """

    surface: str
    channel: str
    name: str = ""
    kind: str = ""
    checked_at: datetime | None = None
    guests: bool | None = None
    guests_at: datetime | None = None
    guest_news: int = 0


def _rule(row: Row[Any]) -> ChannelRule:
    values = row._asdict()
    only, roles = tuple(values.pop("allowed")), tuple(values.pop("roles"))
    return ChannelRule(**values, only=only, roles=roles)


async def find_rules(session: AsyncSession) -> list[ChannelRule]:
    """Return every rule, the defaults first."""
    rows = await session.execute(
        text(f"select {COLUMNS} from {JOINED} order by r.surface, name, r.channel")  # noqa: S608 - constants
    )
    return [_rule(row) for row in rows]


async def find_guarded(session: AsyncSession) -> list[ChannelRule]:
    """Return the channels a guest is in that have no rule of their own."""
    rows = await session.execute(
        text("""
            select c.surface, c.channel, c.name from channels c
            where c.guests and c.kind <> 'shared' and not exists (
                select from channel_rules r where r.surface = c.surface and r.channel = c.channel)
            order by c.name, c.channel
        """)
    )  # fmt: skip - as it reads in SQL
    return [ChannelRule(**row._asdict(), guests=True, made=False) for row in rows]


async def get_rule(session: AsyncSession, surface: str, channel: str) -> ChannelRule | None:
    """Return the rule of one channel, or one default."""
    rows = await session.execute(
        text(f"select {COLUMNS} from {JOINED} where r.surface = :surface and r.channel = :channel"),  # noqa: S608 - constants
        {"surface": surface, "channel": channel},
    )
    row = rows.one_or_none()
    return _rule(row) if row else None


async def do_set_rule(session: AsyncSession, rule: ChannelRule, *, by: str) -> None:
    """Keep a rule in place of the one there was."""
    await session.execute(
        text("""
            insert into channel_rules (surface, channel, allowed, reads_only, roles, closed, outsiders, note,
                changed_by)
            values (:surface, :channel, :allowed, :reads_only, :roles, :closed, :outsiders, :note, :by)
            on conflict (tenant_id, surface, channel) do update set allowed = excluded.allowed,
                reads_only = excluded.reads_only, roles = excluded.roles, closed = excluded.closed,
                outsiders = excluded.outsiders, note = excluded.note, changed_by = excluded.changed_by,
                changed_at = now()
        """),
        {
            "surface": rule.surface,
            "channel": rule.channel,
            "allowed": list(rule.only),
            "reads_only": rule.reads_only,
            "roles": list(rule.roles),
            "closed": rule.closed,
            "outsiders": rule.outsiders,
            "note": rule.note,
            "by": by,
        },
    )  # fmt: skip - as it reads in SQL


async def do_clear_rule(session: AsyncSession, surface: str, channel: str) -> bool:
    """Remove a rule; False if there is none."""
    done = await session.execute(
        text("delete from channel_rules where surface = :surface and channel = :channel returning channel"),
        {"surface": surface, "channel": channel},
    )
    return done.first() is not None


async def do_know(session: AsyncSession, known: Known, *, hearsay: bool = False) -> None:
    """Remember what a channel is called and what kind it is now; what is empty stays as it was.

    `hearsay`: it was so when somebody spoke there, perhaps long ago; that a channel is shared no more is then
    only a reason to ask.
    """
    await session.execute(
        text("""
            insert into channels as c (surface, channel, name, kind, checked_at)
            values (:surface, :channel, :name, :kind, case when cast(:kind as text) <> '' then now() end)
            on conflict (tenant_id, surface, channel) do update
                set name = coalesce(nullif(excluded.name, ''), c.name),
                    kind = case when :hearsay and c.kind = 'shared' then c.kind
                        else coalesce(nullif(excluded.kind, ''), c.kind) end,
                    checked_at = case
                        when :hearsay and c.kind = 'shared' and excluded.kind not in ('', c.kind) then null
                        else coalesce(excluded.checked_at, c.checked_at) end, seen_at = now()
                where (excluded.name not in ('', c.name)) or (excluded.kind not in ('', c.kind))
                    or (excluded.checked_at is not null
                        and coalesce(c.checked_at, '-infinity') < now() - interval '1 minute')
        """),
        {
            "surface": known.surface,
            "channel": known.channel,
            "name": known.name,
            "kind": known.kind,
            "hearsay": hearsay,
        },
    )  # fmt: skip - as it reads in SQL


async def do_doubt(session: AsyncSession, surface: str, channel: str) -> None:
    """Let a channel's kind be asked for anew before anybody relies on it."""
    await session.execute(
        text("update channels set checked_at = null where surface = :surface and channel = :channel"),
        {"surface": surface, "channel": channel},
    )


async def do_move(session: AsyncSession, surface: str, old: str, new: str) -> None:
    """Give a channel its new id in its rule, in what waits to be said there, and for calls that wait.

    A rule that the new id has already stays.
    """
    for table in ("channels", "channel_rules"):
        await session.execute(
            text(
                f"update {table} set channel = :new where surface = :surface and channel = :old"  # noqa: S608 - constants
                f" and not exists (select from {table} n where n.surface = :surface and n.channel = :new)"
            ),
            {"surface": surface, "old": old, "new": new},
        )
    await session.execute(
        text(
            "update slack_outbox set channel = :new"
            " where channel = :old and state in ('queued', 'uncertain') and :surface = 'slack'"
        ),
        {"surface": surface, "old": old, "new": new},
    )
    await session.execute(
        text(
            "update calls set thread = replace(thread, ':' || :old || ':', ':' || :new || ':')"
            " where state in ('asked', 'approved', 'running') and :surface = 'slack'"
            " and split_part(thread, ':', 2) = :old"
        ),
        {"surface": surface, "old": old, "new": new},
    )


async def get_known(session: AsyncSession, surface: str, channel: str) -> Known | None:
    """Return what is known of a channel."""
    rows = await session.execute(
        text(f"select {KNOWN} from channels where surface = :surface and channel = :channel"),  # noqa: S608 - constants
        {"surface": surface, "channel": channel},
    )
    row = rows.one_or_none()
    return Known(**row._asdict()) if row else None


async def find_named(session: AsyncSession, name: str) -> list[Known]:
    """Return the channels of this name."""
    rows = await session.execute(
        text(f"select {KNOWN} from channels where name = :name order by channel"),  # noqa: S608 - constants
        {"name": name},
    )
    return [Known(**row._asdict()) for row in rows]
