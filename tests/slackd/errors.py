"""A refusal as Slack words it."""

from __future__ import annotations

from typing import Any


class SlackError(Exception):
    """`code` becomes `error`, `messages` the response_metadata, `more` further fields of the answer."""

    def __init__(self, code: str, *messages: str, **more: Any) -> None:
        super().__init__(code)
        self.code, self.messages, self.more = code, messages, more
