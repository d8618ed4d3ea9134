"""Buttons that are actions: what they call is sealed in their value, so that only the bot can make one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.contract.reply import ActionCall, Button
from bot.contract.wire import to_wire
from bot.db.cipher import FORM, Cipher, SealBrokenError
from bot.errors import BadInput, NotSupported
from bot.slack.teams import Team

MOST = 2_000
"""Characters of a button's value at Slack."""
MOST_KEPT = 3_000
"""Characters of what a form may carry along at Slack."""
BUTTONS, FORMS, ADDRESSES = "slack_buttons", "slack_forms", "slack_reply_at"
NOT_OUR_FORM = "This form is too old for me to read. Open it again; nothing was done."
NOT_OURS = "This button is too old for me to read. Ask again, and press the new one."


class Seals:
    """Seals a button's call for one workspace of one tenant; elsewhere it does not open."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    def value(self, team: Team, button: Button) -> str | None:
        """Return the value of a button; None when its arguments do not fit: then it cannot be offered."""
        plain = json.dumps([button.action_id, to_wire(button.args)], separators=(",", ":"))
        sealed = self._cipher.seal(plain, row=_row(team))
        return sealed if len(sealed) <= MOST else None

    def open(self, team: Team, value: str) -> ActionCall:
        """Return what a button calls; BadInput when this bot did not make it for this workspace."""
        try:
            action_id, args = json.loads(self._cipher.open(value, row=_row(team)))
        except (SealBrokenError, ValueError):
            raise BadInput(NOT_OURS) from None
        return ActionCall(action_id=str(action_id), args=dict(args))

    def keep(self, team: Team, told: Mapping[str, Any]) -> str:
        """Return what a form carries along; NotSupported when that is more than fits."""
        plain = json.dumps(to_wire(told), separators=(",", ":"))
        sealed = self._cipher.seal(plain, row=_row(team, FORMS))
        if len(sealed) > MOST_KEPT:
            raise NotSupported("That is too long for a form. Say it in words instead, in one message.")
        return sealed

    def shut(self, team: Team, address: str) -> str:
        """Return a response_url as it may lie in the tables: who has it speaks there without a token."""
        return self._cipher.seal(address, row=_row(team, ADDRESSES)) if address else ""

    def address(self, team: Team, kept: str) -> str:
        """Return the response_url that `shut` made this of; SealBrokenError when it does not open.

        An earlier version of the bot kept them as they are.
        """
        sealed = kept.startswith(f"{FORM}:")
        return self._cipher.open(kept, row=_row(team, ADDRESSES)) if sealed else kept

    def kept(self, team: Team, sealed: str) -> dict[str, Any]:
        """Return what a form carried; BadInput when this bot did not make it for this workspace."""
        try:
            return dict(json.loads(self._cipher.open(sealed, row=_row(team, FORMS))))
        except (SealBrokenError, ValueError, TypeError):
            raise BadInput(NOT_OUR_FORM) from None


def _row(team: Team, what: str = BUTTONS) -> str:
    return f"{team.tenant_id}|{what}|{team.team_id}"
