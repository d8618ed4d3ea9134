"""Home tabs in Slack: who looked lately, what theirs shows, and which ones have to be drawn anew."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

NOW = timedelta()
CLOSED = "closed:"
"""Begins the digest of a tab that shows nothing but why it shows nothing."""


@dataclass(frozen=True, kw_only=True)
class Tab:
    """Whose Home tab it is; `person` is the platform's id of a linked account."""

    team_id: str
    user_id: str
    person: str | None = None


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A tab this process draws, as of `wanted` changes; `looked`: its person looks, or asked for it anew.

    `hash` is that of the view Slack has, `digest` that of what it says.
    """

    team_id: str
    user_id: str
    wanted: int
    looked: bool
    fence: int
    failures: int
    hash: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What was drawn: Slack's hash of the view, the digest of what it says, the waiting calls in it."""

    hash: str
    digest: str
    calls: Collection[str] = ()


async def do_open(session: AsyncSession, team_id: str, user_id: str) -> None:
    """Note that somebody looks at their tab: it is drawn at once."""
    await session.execute(
        text(
            """
            insert into slack_homes as h (team_id, user_id, looked) values (:team, :user, 1)
            on conflict (tenant_id, team_id, user_id) do update
            set opened_at = now(), wanted = h.wanted + 1, looked = h.wanted + 1, due_at = now(), failures = 0
            """
        ),
        {"team": team_id, "user": user_id},
    )


WANT = text(
    """
    with old as materialized (
        select due_at from slack_homes where team_id = :team and user_id = :user for update
    )
    update slack_homes h set wanted = h.wanted + 1,
        due_at = coalesce(h.due_at, greatest(now() + :after, h.shown_at + :gap, now()))
    where h.team_id = :team and h.user_id = :user
      and h.opened_at > now() - cast(:lately as interval)
    returning (select due_at from old) is null as new, h.due_at - now() as wait
    """
)


async def do_want(
    session: AsyncSession,
    team_id: str,
    user_id: str,
    *,
    lately: timedelta,
    after: timedelta,
    gap: timedelta,
) -> timedelta | None:  # fmt: skip - as wide as it is
    """Note that something changed; return in how long the tab is due, None when it waits already.

    None also for somebody who did not look `lately`. It is drawn no sooner than `gap` after the last time.
    """
    done = await session.execute(
        WANT,
        {"team": team_id, "user": user_id, "lately": lately, "after": after, "gap": gap},
    )
    row = done.one_or_none()
    return max(row.wait, NOW) if row is not None and row.new else None


async def do_take(session: AsyncSession, team_id: str, user_id: str, lease: timedelta) -> Taken | None:
    """Take a tab to draw it; None when it is not due, or somebody draws it."""
    done = await session.execute(
        text(
            """
            update slack_homes set fence = fence + 1, lease_until = now() + :lease
            where team_id = :team and user_id = :user and due_at <= now()
              and (lease_until is null or lease_until <= now())
            returning team_id, user_id, wanted, looked > 0 as looked, fence, failures, hash, digest
            """
        ),
        {"team": team_id, "user": user_id, "lease": lease},
    )
    row = done.mappings().one_or_none()
    return Taken(**row) if row else None


async def do_finish(session: AsyncSession, taken: Taken, shown: Shown, *, gap: timedelta) -> timedelta | None:
    """Note what a tab shows now; return in how long it is due again, for something changed meanwhile."""
    done = await session.execute(
        text(
            """
            update slack_homes set lease_until = null, shown_at = now(), failures = 0,
                hash = :hash, digest = :digest, calls = :calls,
                due_at = case when wanted > :wanted
                    then case when looked > :wanted then now() else now() + :gap end end,
                looked = case when looked > :wanted then looked else 0 end
            where team_id = :team and user_id = :user and fence = :fence
            returning due_at - now() as wait
            """
        ),
        {
            **_which(taken),
            "wanted": taken.wanted,
            "hash": shown.hash,
            "digest": shown.digest,
            "calls": sorted(shown.calls),
            "gap": gap,
        },
    )
    row = done.one_or_none()
    return row.wait if row else None


async def do_postpone(session: AsyncSession, taken: Taken, after: timedelta, *, failed: bool) -> bool:
    """Draw it later; False when somebody else has it by now.

    After a failure the hash is forgotten: Slack may have the new view, and would mind the old hash.
    """
    done = await session.execute(
        text(
            """
            update slack_homes set lease_until = null, due_at = now() + :after,
                failures = failures + :failed, hash = case when :failed > 0 then '' else hash end
            where team_id = :team and user_id = :user and fence = :fence returning fence
            """
        ),
        {**_which(taken), "after": after, "failed": int(failed)},
    )
    return done.one_or_none() is not None


async def do_close(session: AsyncSession, team_id: str, user_id: str) -> None:
    """Forget a tab: nothing is drawn until its person opens it again."""
    await session.execute(
        text("delete from slack_homes where team_id = :team and user_id = :user"),
        {"team": team_id, "user": user_id},
    )


async def find_due(session: AsyncSession, limit: int) -> list[Tab]:
    """Return tabs that nobody draws though they are due, the longest waiting first."""
    rows = await session.execute(
        text(
            "select team_id, user_id from slack_homes where due_at <= now() "
            "and (lease_until is null or lease_until <= now()) order by due_at limit :limit"
        ),
        {"limit": limit},
    )
    return [Tab(team_id=row.team_id, user_id=row.user_id) for row in rows]


async def find_showing(session: AsyncSession, call_id: str) -> list[Tab]:
    """Return the tabs that show a call as waiting."""
    rows = await session.execute(
        text("select team_id, user_id from slack_homes where cast(:call as text) = any(calls)"),
        {"call": call_id},
    )
    return [Tab(team_id=row.team_id, user_id=row.user_id) for row in rows]


async def find_open(session: AsyncSession, lately: timedelta, limit: int) -> list[Tab]:
    """Return the tabs that linked people opened lately, the latest first."""
    rows = await session.execute(
        text(
            "select h.team_id, h.user_id, l.user_id::text as person from slack_homes h "
            "join links l on l.tenant_id = h.tenant_id and l.surface = 'slack' "
            "and l.external_id = h.team_id || ':' || h.user_id "
            "where h.opened_at > now() - cast(:lately as interval) order by h.opened_at desc limit :limit"
        ),
        {"lately": lately, "limit": limit},
    )
    return [Tab(**row) for row in rows.mappings()]


async def do_empty(session: AsyncSession, team_id: str = "", user_id: str = "") -> list[Tab]:
    """Have the tabs drawn at once that show something to who is cut off; one person's, or all.

    Of all only those that nothing is under way for: what waits for a failing Slack is not begun anew.
    """
    rows = await session.execute(
        text(
            """
            update slack_homes h set wanted = h.wanted + 1, due_at = now(), failures = 0
            where h.digest <> '' and not starts_with(h.digest, :closed)
              and (h.due_at is null or cast(:user as text) <> '')
              and (cast(:user as text) = '' or (h.team_id = :team and h.user_id = :user))
              and not exists (
                select from links l join users u on u.tenant_id = l.tenant_id and u.id = l.user_id
                where l.tenant_id = h.tenant_id and l.surface = 'slack' and u.active
                  and l.external_id = h.team_id || ':' || h.user_id
                  and not exists (
                    select from account_cuts c where c.tenant_id = l.tenant_id and c.cut
                      and c.surface = l.surface and c.external_id = l.external_id))
            returning h.team_id, h.user_id
            """
        ),
        {"team": team_id, "user": user_id, "closed": CLOSED},
    )
    return [Tab(team_id=row.team_id, user_id=row.user_id) for row in rows]


async def do_forget(session: AsyncSession, older: timedelta) -> None:
    """Forget tabs that nobody looked at for so long."""
    await session.execute(
        text("delete from slack_homes where opened_at < now() - cast(:older as interval)"), {"older": older}
    )


async def do_forget_team(session: AsyncSession, team_id: str) -> None:
    """Forget all tabs of a workspace that is gone."""
    await session.execute(text("delete from slack_homes where team_id = :team"), {"team": team_id})


def _which(taken: Taken) -> dict[str, str | int]:
    return {"team": taken.team_id, "user": taken.user_id, "fence": taken.fence}
