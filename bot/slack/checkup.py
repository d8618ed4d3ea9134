"""What is missing between the bot and a Slack workspace, in sentences that say what to do."""

from __future__ import annotations

from dataclasses import dataclass

from bot.slack.calls import CallError, Calls, RefusedError, made
from bot.slack.scopes import find_missing

GROUPS_SCOPE = "usergroups:read"
NEEDED = "Needed, and not granted: {name}, {why}."
SPARE = "Not granted: {name}. {without}"
ADD = (
    "To grant more: “OAuth & Permissions” on the app's page at Slack, “Add an OAuth Scope”, then install the "
    "app again; or take the manifest of `backhaul slack manifest` anew."
)
NO_WAY_IN = (
    "Slack cannot tell me of anything: set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (signed "
    "HTTP)."
)
NO_SOCKET = (
    "Slack refuses SLACK_APP_TOKEN ({reason}), so no events arrive. Make one at Slack under “Basic "
    "Information”, “App-Level Tokens”, with the scope connections:write, and turn “Socket Mode” on."
)
NO_GROUPS = {
    "plan_upgrade_required": "Slack has user groups on paid plans only, so they give no roles here.",
    "": "Slack does not let me read user groups ({reason}), so they give no roles.",
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is missing; `serious`: without it the bot does not do its work."""

    text: str
    serious: bool = False


@dataclass(frozen=True, kw_only=True)
class Checkup:
    """Whose the token is, and what is missing."""

    team_id: str
    bot_user_id: str
    findings: tuple[Finding, ...] = ()

    @property
    def sound(self) -> bool:
        """Say whether nothing serious is missing."""
        return not any(one.serious for one in self.findings)


async def check_up(calls: Calls, token: str, *, app_token: str | None, over_http: bool) -> Checkup:
    """Ask Slack about a bot token, and about the app-level one; CallError when it does not take the first."""
    account = await calls.who_am_i(token)
    found = [*_scopes(account.scopes), *await _ways_in(calls, app_token, over_http=over_http)]
    if GROUPS_SCOPE in account.scopes:
        found += await _groups(calls, token)
    return Checkup(team_id=account.team_id, bot_user_id=account.bot_user_id, findings=tuple(found))


def _scopes(granted: frozenset[str]) -> list[Finding]:
    needed, spare = find_missing(granted)
    found = [
        *(Finding(text=NEEDED.format(name=one.name, why=one.why), serious=True) for one in needed),
        *(Finding(text=SPARE.format(name=one.name, without=one.without)) for one in spare),
    ]
    return [*found, Finding(text=ADD)] if found else []


async def _ways_in(calls: Calls, app_token: str | None, *, over_http: bool) -> list[Finding]:
    if app_token is None:
        return [] if over_http else [Finding(text=NO_WAY_IN, serious=True)]
    client = calls.client(app_token)
    try:
        await made("apps.connections.open", lambda: client.apps_connections_open(app_token=app_token))
    except RefusedError as error:
        return [Finding(text=NO_SOCKET.format(reason=error.reason), serious=True)]
    except CallError:  # out of reach for the moment, which is no fault of the token's
        return []
    return []


async def _groups(calls: Calls, token: str) -> list[Finding]:
    client = calls.client(token)
    try:
        await made("usergroups.list", client.usergroups_list)
    except RefusedError as error:
        text = NO_GROUPS.get(error.reason, NO_GROUPS[""])
        return [Finding(text=text.format(reason=error.reason))]
    except CallError:
        return []
    return []
