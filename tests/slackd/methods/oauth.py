"""oauth.v2.*, auth.revoke's big sister apps.uninstall, and the page where a person agrees."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from tests.slackd import grants
from tests.slackd.apps import App, Install, Token
from tests.slackd.call import Call, method
from tests.slackd.errors import SlackError
from tests.slackd.grants import Code
from tests.slackd.routes import route
from tests.slackd.uninstall import uninstall

if TYPE_CHECKING:
    from tests.slackd.server import Slackd
    from tests.slackd.world import World


@route("GET", "/oauth/v2/authorize")
async def authorize(slack: Slackd, request: web.Request) -> web.Response:
    """Agrees at once. What the person chose may be said too: `_user=U1`, `_org=1`, `_deny=1`, `_drop=scope,scope`."""
    asked, world = dict(request.query), slack.world
    app = _app_of(world, asked.get("client_id", ""))
    wrong = _wrong(world, app, asked) if app else "invalid_client_id"
    if wrong or app is None:
        world.violate(f"oauth/v2/authorize: {wrong}")
        return web.Response(status=400, text=f"<h1>{escape(wrong)}</h1>", content_type="text/html")
    redirect = asked.get("redirect_uri") or _redirects(app)[0]
    answer = {"state": asked["state"]} if "state" in asked else {}
    if asked.get("_deny"):
        answer["error"] = "access_denied"
    else:
        answer["code"] = world.next_id("code.")
        world.grants.codes[answer["code"]] = _agreed(world, app, asked, redirect)
    joint = "&" if urlsplit(redirect).query else "?"
    raise web.HTTPFound(f"{redirect}{joint}{urlencode(answer)}")


@method("oauth.v2.access")
def oauth_v2_access(call: Call) -> dict[str, Any]:
    grant = call.text("grant_type") or ("authorization_code" if call.text("code") else "")
    if grant == "refresh_token":
        return _refreshed(call)
    if grant not in {"authorization_code", ""}:
        raise SlackError("invalid_grant_type")
    code = call.world.grants.codes.pop(call.text("code"), None)
    app = _client(call, secretless=code is not None and bool(code.challenge))
    if code is None or code.app is not app or code.at + grants.CODE_LASTS < call.now():
        raise SlackError("invalid_code")
    if call.text("redirect_uri") and call.text("redirect_uri") != code.redirect_uri:
        raise SlackError("bad_redirect_uri")
    if code.challenge and not grants.matches(code, call.text("code_verifier")):
        raise SlackError("invalid_code_verifier")
    if not code.challenge and call.text("code_verifier"):
        raise SlackError("invalid_code_verifier")
    install = grants.do_install(call.world, code)
    return _installed(call.world, code, install)


@method("oauth.v2.exchange")
def oauth_v2_exchange(call: Call) -> dict[str, Any]:
    """A token that lasts for one that rotates: there is no way back."""
    app = _client(call)
    if not grants.is_rotated(app):
        raise SlackError("token_rotation_not_enabled")
    old = call.token
    if old is None or old.app is not app or old.install is None:
        raise SlackError("invalid_token")
    if old.is_revoked or old.expires_at is not None:
        raise SlackError("token_already_exchanged")
    old.is_revoked = True
    new = (
        grants.bot_token(call.world, old.install)
        if old.kind == "bot"
        else grants.user_token(call.world, old.install, old.user_id, old.own_scopes)
    )
    return _about(call.world, old.install) | _told(call.world, new)


@method("apps.uninstall")
def apps_uninstall(call: Call) -> dict[str, Any]:
    if _client(call) is not call.app:
        raise SlackError("client_id_token_mismatch")
    uninstall(call.slack, call.team, call.app)
    return {}


def _refreshed(call: Call) -> dict[str, Any]:
    app = _client(call)
    refresh = call.world.grants.refreshes.get(call.text("refresh_token"))
    if refresh is None or refresh.used or refresh.install.app is not app or refresh.install.revoked:
        raise SlackError("invalid_refresh_token")
    token = grants.rotate(call.world, refresh)
    return _about(call.world, refresh.install) | _told(call.world, token)


def _client(call: Call, *, secretless: bool = False) -> App:
    """The app that calls; one that proves itself by PKCE may leave its secret out."""
    app = _app_of(call.world, call.text("client_id"))
    if app is None:
        raise SlackError("invalid_client_id")
    secret = call.text("client_secret")
    if secret != app.client_secret and not (secretless and not secret):
        raise SlackError("bad_client_secret")
    return app


def _app_of(world: World, client_id: str) -> App | None:
    return next((app for app in world.apps.values() if client_id and app.client_id == client_id), None)


def _redirects(app: App) -> list[str]:
    return list((app.manifest or {}).get("oauth_config", {}).get("redirect_urls", []))


def _wrong(world: World, app: App, asked: dict[str, str]) -> str:
    """The page of an error instead of a way back: what Slack shows when the address was built wrongly."""
    redirect, known = asked.get("redirect_uri", ""), _redirects(app)
    fits = any(redirect == each or redirect.startswith(f"{each.rstrip('/')}/") for each in known)
    oauth = (app.manifest or {}).get("oauth_config", {})
    if (redirect and app.manifest is not None and not fits) or (not redirect and not known):
        return "bad_redirect_uri"
    if not _list(asked, "scope") and not _list(asked, "user_scope"):
        return "no_scopes"
    declared = {each for kind in oauth.get("scopes", {}).values() for each in kind}
    if app.manifest is not None and (_list(asked, "scope") | _list(asked, "user_scope")) - declared:
        return "invalid_scope"
    if asked.get("code_challenge") and not oauth.get("pkce_enabled"):
        return "pkce_not_allowed"
    if asked.get("team", world.home.id) not in {*world.workspaces, *world.enterprises}:
        return "invalid_team"
    wants_org = asked.get("_org") or asked.get("team") in world.enterprises
    return "org_deploy_not_enabled" if wants_org and not app.settings.get("org_deploy_enabled") else ""


def _agreed(world: World, app: App, asked: dict[str, str], redirect: str) -> Code:
    team = world.workspaces.get(asked.get("team", ""), world.home)
    enterprise = asked["team"] if asked.get("team") in world.enterprises else team.enterprise_id
    is_org = bool(asked.get("_org")) or asked.get("team") in world.enterprises
    people = [each for each in team.people.values() if not each.is_bot and not each.deleted]
    optional = set((app.manifest or {}).get("oauth_config", {}).get("scopes", {}).get("bot_optional", ()))
    return Code(
        app=app,
        team=None if is_org else team,
        enterprise=enterprise,
        user=asked.get("_user") or (people[0].id if people else "UADMIN"),
        scopes=_list(asked, "scope") - (_list(asked, "_drop") & optional),
        user_scopes=_list(asked, "user_scope"),
        redirect_uri=redirect,
        challenge=asked.get("code_challenge", ""),
        method=asked.get("code_challenge_method", "plain"),
        at=world.clock.now(),
    )


def _installed(world: World, code: Code, install: Install) -> dict[str, Any]:
    answer = _about(world, install)
    if code.scopes:
        answer |= _told(world, grants.bot_token(world, install))
    person: dict[str, Any] = {"id": code.user}
    if code.user_scopes:
        person |= _told(world, grants.user_token(world, install, code.user, code.user_scopes))
    return answer | {"authed_user": person}


def _about(world: World, install: Install) -> dict[str, Any]:
    team = world.workspaces.get(install.team_id or "")
    enterprise = install.enterprise_id
    return {
        "app_id": install.app.id,
        "team": {"id": team.id, "name": team.name} if team else None,
        "enterprise": {"id": enterprise, "name": world.enterprises[enterprise]} if enterprise else None,
        "is_enterprise_install": team is None,
    }


def _told(world: World, token: Token) -> dict[str, Any]:
    told = {"access_token": token.value, "token_type": token.kind, "scope": ",".join(sorted(token.scopes))}
    if token.kind == "bot":
        told["bot_user_id"] = token.user_id
    if token.expires_at is not None:
        expires_in = int(token.expires_at - world.clock.now())
        told |= {"refresh_token": grants.refresh_of(world, token), "expires_in": expires_in}
    return told


def _list(asked: dict[str, str], name: str) -> frozenset[str]:
    return frozenset(each for each in asked.get(name, "").replace(" ", ",").split(",") if each)
