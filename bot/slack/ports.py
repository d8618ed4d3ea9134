"""What the Slack room is given by whoever puts the bot together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from bot.contract.people import Tenant, User
from bot.contract.reply import Reply
from bot.core.approvers import Asking
from bot.core.glance import Glance
from bot.core.home import Home
from bot.core.question import Question
from bot.db.session import Session

FindUser = Callable[[Tenant, str, str, str | None], Awaitable[User]]
"""Takes tenant, surface, account there and verified e-mail; raises NotLinked with how to link."""
Link = Callable[[Tenant, str, str, str], Awaitable[str | None]]
"""Takes tenant, surface, account there and words; links and says so when they are `link CODE`, else None."""


async def no_codes(_tenant: Tenant, _surface: str, _account: str, _words: str) -> str | None:
    """Take no link codes."""
    return None


FindTenant = Callable[[str], Awaitable[Tenant]]
"""Takes a tenant's id or slug; "" is the only tenant there is."""
Worked = Callable[[Session, str, str, str], Awaitable[None]]
"""Hears of the end of work, in its transaction; takes tenant, workspace, and Slack's id of who asked."""
Picks = Callable[[Reply], Sequence[str]]
"""What of a reply can be chosen by number."""

EVENT_JOB, SEND_JOB, HOME_JOB = "slack_event", "slack_send", "slack_home"
NOTICE_JOB = "call_notice"
"""Queued by the gate, which knows no surface."""
ASK_JOB = "slack_ask"
PRIORITY = 50
"""People wait for these."""


class Counter(Protocol):
    """Where the core is asked, by people and by what they press; a UserError is said to the person.

    Each looks up the person's rights of this moment, whoever posted what they pressed.
    """

    async def answer(self, question: Question) -> Reply:
        """Answer words."""

    async def heeds(self, question: Question, *, engaged: bool, alone: bool, files: bool) -> bool:
        """Say whether words without a mention are clearly for the bot; nothing is done, and nothing kept.

        `engaged`: nobody else spoke since it answered this person; `alone`: nobody else ever did there.
        """

    async def press(self, question: Question, action_id: str, args: Mapping[str, Any]) -> Reply:
        """Make the call behind a button or a form."""

    async def decide(
        self, question: Question, call_id: str, *, yes: bool, reason: str = "", version: str = ""
    ) -> Reply:
        """Say yes or no to a waiting call, as its preview of that `version` was shown."""

    async def asking(self, tenant: Tenant, call_id: str, surface: str) -> Asking | None:
        """Return a call that waits, and who could agree to it and has an account on the surface."""

    async def withdraw(self, question: Question, call_id: str) -> Reply:
        """Cancel what they asked for themselves; of another's call nothing is changed."""

    async def undo(self, question: Question, call_id: str) -> Reply:
        """Take a finished call back."""

    async def home(self, question: Question) -> Home:
        """Return what the asker's Home tab tells them."""

    async def glance(self, question: Question, kind: str, key: str) -> Glance | None:
        """Return what may be read, where it is asked, of the one thing with this key; None: nothing."""

    async def find_deciders(self, tenant: Tenant, call_id: str, user_ids: Collection[str]) -> set[str]:
        """Return which of these people could decide a call that waits."""

    async def find_concerned(self, tenant: Tenant, call_id: str, user_ids: Collection[str]) -> set[str]:
        """Return which of these people may know of a call by their rights of now, whatever became of it."""


class Enqueue(Protocol):
    """Puts a job into the queue, in the caller's transaction."""

    async def __call__(
        self,
        session: Session,
        kind: str,
        payload: Mapping[str, Any],
        *,
        tenant: str,
        after: timedelta | None = None,
        dedupe: str | None = None,
        priority: int = 0,
    ) -> bool:
        """Return False when the job is there already."""
