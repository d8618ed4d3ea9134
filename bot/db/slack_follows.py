"""Threads in Slack whose people the bot answers without a mention, and where it may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.contract.channel import FollowRule, Who


@dataclass(frozen=True, kw_only=True, order=True)
class Spot:
    """A thread."""

    team_id: str
    channel: str
    thread: str


@dataclass(frozen=True, kw_only=True)
class Following:
    """What is known of a thread when somebody speaks in it.

    `asker`: they mentioned the bot there; `engaged`: and nobody else spoke since it answered them; `alone`:
    nobody else ever did. `who` is the rule of the channel.
    """

    who: Who
    asker: bool
    engaged: bool
    alone: bool


async def do_begin(session: AsyncSession, begun: Sequence[tuple[Spot, str]]) -> None:
    """Follow threads that begin with a mention, for who mentioned the bot there; in one order, please."""
    await session.execute(
        text(
            """
            insert into slack_follows as f (team_id, channel, thread, account, engaged, alone)
            select *, true, true from unnest(cast(:teams as text[]), cast(:channels as text[]),
                cast(:threads as text[]), cast(:accounts as text[]))
            on conflict (tenant_id, team_id, channel, thread, account) do update
                set engaged = true, quiet = false, seen_at = now()
            """
        ),
        {
            "teams": [spot.team_id for spot, _ in begun],
            "channels": [spot.channel for spot, _ in begun],
            "threads": [spot.thread for spot, _ in begun],
            "accounts": [account for _, account in begun],
        },
    )


async def do_follow(session: AsyncSession, spot: Spot, account: str, *, begins: bool = False) -> None:
    """Follow a thread for who mentioned the bot there; `begins`: the thread begins with that mention."""
    await _hold(session, spot)
    await session.execute(
        text(
            """
            insert into slack_follows as f (team_id, channel, thread, account, engaged, alone)
            values (:team, :channel, :thread, :account, true, :begins)
            on conflict (tenant_id, team_id, channel, thread, account) do update
                set engaged = true, quiet = false, seen_at = now()
            """
        ),
        {**_at(spot), "account": account, "begins": begins},
    )
    await do_interrupt(session, spot, besides=account)


async def do_interrupt(session: AsyncSession, spot: Spot, besides: str = "") -> None:
    """Note that somebody spoke, and not to the bot: what the others say next may be for them."""
    await _hold(session, spot)
    await session.execute(
        text(
            "update slack_follows set engaged = false, alone = false where team_id = :team"
            " and channel = :channel and thread = :thread and account <> :besides and (engaged or alone)"
        ),
        {**_at(spot), "besides": besides},
    )


async def _hold(session: AsyncSession, spot: Spot) -> None:
    """Take the thread's rows in one order, for several people speak there at once."""
    await session.execute(
        text(
            "select from slack_follows where team_id = :team and channel = :channel and thread = :thread"
            " order by account for no key update"
        ),
        _at(spot),
    )


async def do_disengage(session: AsyncSession, spot: Spot, account: str) -> None:
    """Note that somebody spoke to nobody known: alone they stay, unless others are in the thread."""
    await do_interrupt(session, spot, besides=account)
    await session.execute(
        text(
            "update slack_follows set engaged = false where team_id = :team"
            " and channel = :channel and thread = :thread and account = :account and engaged"
        ),
        {**_at(spot), "account": account},
    )


async def do_engage(session: AsyncSession, spot: Spot, account: str) -> None:
    """Note that the bot answered somebody."""
    await session.execute(
        text(
            "update slack_follows set engaged = true, seen_at = now() where team_id = :team"
            " and channel = :channel and thread = :thread and account = :account"
        ),
        {**_at(spot), "account": account},
    )


async def do_hush(session: AsyncSession, spot: Spot) -> None:
    """Be quiet in a thread until somebody mentions the bot again."""
    await session.execute(
        text(
            "update slack_follows set quiet = true, engaged = false where team_id = :team"
            " and channel = :channel and thread = :thread"
        ),
        _at(spot),
    )


async def get_following(session: AsyncSession, spot: Spot, account: str) -> Following | None:
    """Return what is known of a thread for who speaks in it; None where the bot does not listen."""
    found = await session.execute(
        text(
            """
            select coalesce((select who from slack_follow_rules r where r.channel in (:channel, '*')
                             order by r.channel = '*' limit 1), 'asker') as who,
                   bool_or(account = :account) as asker,
                   bool_or(account = :account and engaged) as engaged,
                   bool_or(account = :account and alone) as alone
            from slack_follows
            where team_id = :team and channel = :channel and thread = :thread and not quiet
            having count(*) > 0
            """
        ),
        {**_at(spot), "account": account},
    )
    row = found.mappings().one_or_none()
    if row is None or row["who"] == Who.NOBODY:
        return None
    return Following(who=Who(row["who"]), asker=row["asker"], engaged=row["engaged"], alone=row["alone"])


async def find_channels(session: AsyncSession) -> set[tuple[str, str]]:
    """Return team and id of the channels in which a thread is followed."""
    found = await session.execute(text("select distinct team_id, channel from slack_follows where not quiet"))
    return {(team, channel) for team, channel in found}


async def find_rules(session: AsyncSession) -> list[FollowRule]:
    """Return every rule, the one for all the others first."""
    found = await session.execute(
        text("select channel, who from slack_follow_rules order by channel <> '*', channel")
    )
    return [FollowRule(channel=channel, who=Who(who)) for channel, who in found]


async def do_set_rule(session: AsyncSession, rule: FollowRule, *, by: str) -> None:
    """Keep a rule in place of the one there was."""
    await session.execute(
        text(
            """
            insert into slack_follow_rules (channel, who, changed_by) values (:channel, :who, :by)
            on conflict (tenant_id, channel) do update
                set who = excluded.who, changed_by = excluded.changed_by, changed_at = now()
            """
        ),
        {"channel": rule.channel, "who": rule.who, "by": by},
    )


async def do_clear_rule(session: AsyncSession, channel: str) -> None:
    """Drop a rule; what holds for all the others holds there."""
    await session.execute(
        text("delete from slack_follow_rules where channel = :channel"), {"channel": channel}
    )


async def do_forget(session: AsyncSession, older: timedelta) -> int:
    """Follow no thread any more in which nobody asked anything for so long; return how many those were."""
    done = await session.execute(
        text("delete from slack_follows where seen_at < now() - cast(:older as interval) returning thread"),
        {"older": older},
    )
    return len(done.all())


def _at(spot: Spot) -> dict[str, str]:
    return {"team": spot.team_id, "channel": spot.channel, "thread": spot.thread}
