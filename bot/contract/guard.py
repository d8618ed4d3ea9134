"""Guards look at a call before it runs, watchers after: the only hooks whose order matters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

from bot.contract.action import Action, Approval, Via
from bot.contract.context import Context
from bot.contract.money import Money
from bot.contract.place import Place
from bot.contract.reply import Reply
from bot.errors import UserError


@dataclass(frozen=True)
class Refuse:
    """The call must not run; the reason is said to the person, word for word."""

    reason: str


@dataclass(frozen=True)
class Ask:
    """The call needs at least this approval; the reason is shown to whoever decides.

    Keep the reason the same while the cause is: when it changes, what was agreed to is asked anew.
    """

    level: Approval
    reason: str


Verdict = Refuse | Ask | None


@dataclass(frozen=True, kw_only=True)
class GuardedCall:
    """A call that is allowed and whole: `args` canonical (secrets hidden), `records` the things named.

    `things` are those as `customer:100234`; `hits` and `amount` come from the preview.
    """

    action_id: str
    plugin: str
    permission: str
    reads_only: bool
    args: Mapping[str, Any]
    records: Mapping[str, Any] = field(default_factory=dict)
    things: tuple[str, ...] = ()
    hits: int = 1
    amount: Money | None = None
    user_id: str
    user_name: str
    roles: frozenset[str]
    place: Place
    via: Via


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Which calls are looked at: those any of the three names, or all when none names any.

    `actions` may hold patterns such as `network_*`.
    """

    actions: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    reads: bool = False
    writes: bool = True

    def covers(self, action_id: str, plugin: str, item: Action) -> bool:
        """Say whether this action's calls are looked at."""
        if not (self.reads if item.reads_only else self.writes):
            return False
        if not (self.actions or self.plugins or self.permissions):
            return True
        named = plugin in self.plugins or item.permission in self.permissions
        return named or any(fnmatchcase(action_id, pattern) for pattern in self.actions)


@dataclass(frozen=True, kw_only=True)
class Guard:
    """Looks at calls before anybody is asked and again right before they run.

    `before` and `after` name other guards as everyone knows them (`tickets_hours`); one that is off is
    passed over. Without them, guards run by plugin and name. A guard that raises, or takes longer than
    `timeout`, stops the call. Of a read it may only refuse.
    """

    name: str
    about: str
    look: Callable[[Context[Any], GuardedCall], Awaitable[Verdict]]
    reach: Reach = Reach()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    timeout: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True)
class Watcher:
    """Is told of calls that ran, with what was said: the reply, or the error.

    It changes nothing and keeps nobody waiting; when it fails, that is logged and counted.
    """

    name: str
    about: str
    saw: Callable[[Context[Any], GuardedCall, Reply | UserError], Awaitable[None]]
    reach: Reach = Reach()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    timeout: timedelta = timedelta(seconds=10)
