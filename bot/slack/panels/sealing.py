"""Where somebody is in a panel, sealed for one workspace, one tenant and one person."""

from __future__ import annotations

import json

from bot.db.cipher import Cipher, SealBrokenError
from bot.errors import BadInput
from bot.slack.panels.screen import State
from bot.slack.teams import Team

MOST = 3_000
"""Characters of private_metadata at Slack."""
NOT_OURS = "This form is too old for me to read. Close it, and open it again from the Home tab."
TOO_LONG = "That is too much to keep in one form. Shorten it, and send it again."


class States:
    """Seals and opens; elsewhere, or for somebody else, it does not open."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    def seal(self, team: Team, user: str, state: State) -> str:
        """Return what goes along with the modal; BadInput when it is too long."""
        plain = json.dumps(dict(state), separators=(",", ":"), ensure_ascii=False)
        sealed = self._cipher.seal(plain, row=_row(team, user))
        if len(sealed) > MOST:
            raise BadInput(TOO_LONG)
        return sealed

    def open(self, team: Team, user: str, sealed: str) -> State:
        """Return it; BadInput when this bot did not make it for this person, here."""
        try:
            found = json.loads(self._cipher.open(sealed, row=_row(team, user)))
        except (SealBrokenError, ValueError):
            raise BadInput(NOT_OURS) from None
        return dict(found)


def _row(team: Team, user: str) -> str:
    return f"{team.tenant_id}|slack_panels|{team.team_id}|{user}"
