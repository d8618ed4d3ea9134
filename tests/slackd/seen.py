"""What a person sees of what they did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.slackd.views import View


@dataclass(frozen=True)
class Seen:
    """True when the app took it and Slack had nothing to complain of.

    `error`: what Slack itself says (`operation_timeout`, `stale`, `not_in_channel` …).
    `errors`: block_id -> complaint, of a modal that stays open. `view`: the modal on top afterwards.
    `message`: what was said at once in answer to a command.
    """

    error: str = ""
    body: Any = None
    errors: dict[str, str] = field(default_factory=dict)
    view: View | None = None
    message: dict[str, Any] | None = None
    options: list[dict[str, Any]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return not self.error and not self.errors
