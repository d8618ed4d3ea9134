"""Buttons that were pressed: which press of a button on a message is the one that counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """A button on a message; `button` stands for what it would do."""

    team_id: str
    channel: str
    message: str
    button: str

    @property
    def binds(self) -> dict[str, str]:
        """The values that name it."""
        return {"team": self.team_id, "channel": self.channel, "message": self.message, "button": self.button}


async def do_claim(session: AsyncSession, pressed: Pressed, key: str) -> str:
    """Let this press be the one that counts, if none does; return the key of the one that does."""
    await session.execute(
        text(
            "insert into slack_presses (team_id, channel, message, button, key)"
            " values (:team, :channel, :message, :button, :key) on conflict do nothing"
        ),
        {**pressed.binds, "key": key},
    )
    done = await session.execute(
        text(
            "select key from slack_presses where team_id = :team and channel = :channel"
            " and message = :message and button = :button"
        ),
        pressed.binds,
    )
    return str(done.scalar_one())


async def do_replace(session: AsyncSession, pressed: Pressed, *, old: str, new: str) -> bool:
    """Let another press count, for nothing came of the old one; False when somebody was faster."""
    done = await session.execute(
        text(
            "update slack_presses set key = :new, pressed_at = now() where team_id = :team"
            " and channel = :channel and message = :message and button = :button and key = :old returning key"
        ),
        {**pressed.binds, "old": old, "new": new},
    )
    return done.first() is not None


async def do_forget(session: AsyncSession, older: timedelta) -> int:
    """Delete what was pressed longer ago; return how many went."""
    gone = await session.execute(
        text("delete from slack_presses where pressed_at < now() - cast(:older as interval) returning 1"),
        {"older": older},
    )
    return len(gone.all())
