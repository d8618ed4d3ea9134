"""The e-mail port: templates, and what subscribers were told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Protocol

from bot.api import Ref, Scope


@dataclass(frozen=True, kw_only=True)
class Template:
    """A text to send; `{names}` in it are filled in when it is."""

    name: str
    subject: str
    body: str


TemplateRef = Annotated[Template, Ref("template")]


@dataclass(frozen=True, kw_only=True)
class Email:
    """One message to a subscriber: `status` queued, sent, bounced or cancelled."""

    at: datetime
    to: str
    subject: str
    body: str
    status: str
    by: str
    template: str | None = None
    customer: str | None = None


class Mail(Protocol):
    """What is said to subscribers. Searches see only rows inside `scope`."""

    port_name: ClassVar[str] = "email"

    async def templates(self) -> Sequence[Template]:
        """Return the templates, by name."""
        ...

    async def sent(self, scope: Scope, customer: str, limit: int = 5) -> Sequence[Email]:
        """Return what a customer was told, newest first."""
        ...

    async def applied(self, key: str) -> bool | None:
        """Say whether the write with this idempotency key happened; None when nobody can say."""
        ...
