"""apps.manifest.*: validate, create, update and export an app's manifest."""

from __future__ import annotations

import copy
from typing import Any

from tests.slackd.apps import App
from tests.slackd.call import Call, method
from tests.slackd.errors import SlackError
from tests.slackd.manifest import check_manifest, granted


@method("apps.manifest.validate")
def apps_manifest_validate(call: Call) -> dict[str, Any]:
    _manifest(call)
    return {"errors": []}


@method("apps.manifest.create")
def apps_manifest_create(call: Call) -> dict[str, Any]:
    manifest = _manifest(call)
    world = call.world
    app = world.add_app(world.next_id("A"), manifest=manifest, name=manifest["display_information"]["name"])
    app.client_id, app.client_secret = world.next_id("1."), world.next_id("secret")
    app.signing_secret = world.next_id("sign")
    credentials = {
        name: getattr(app, name)
        for name in ("client_id", "client_secret", "verification_token", "signing_secret")
    }
    scopes = ",".join(sorted(granted(manifest)))
    url = f"http://{call.slack.base}/oauth/v2/authorize?client_id={app.client_id}&scope={scopes}"
    return {"app_id": app.id, "credentials": credentials, "oauth_authorize_url": url}


@method("apps.manifest.update")
def apps_manifest_update(call: Call) -> dict[str, Any]:
    app, manifest = _app(call), _manifest(call)
    changed = granted(manifest) != granted(app.manifest or {})
    app.manifest = manifest
    return {"app_id": app.id, "permissions_updated": changed}


@method("apps.manifest.export")
def apps_manifest_export(call: Call) -> dict[str, Any]:
    app = _app(call)
    if app.manifest is None:
        raise SlackError("failed_export")
    return {"manifest": copy.deepcopy(app.manifest)}


@method("apps.manifest.delete")
def apps_manifest_delete(call: Call) -> dict[str, Any]:
    app = _app(call)
    for team in call.world.workspaces.values():
        if install := team.installs.pop(app.id, None):
            install.revoked = True
    del call.world.apps[app.id]
    return {}


def _app(call: Call) -> App:
    app = call.world.apps.get(call.required("app_id"))
    if app is None:
        raise SlackError("app_not_found")
    return app


def _manifest(call: Call) -> dict[str, Any]:
    manifest = call.structure("manifest", "invalid_manifest")
    if problems := check_manifest(manifest):
        raise SlackError("invalid_manifest", errors=[each.told() for each in problems])
    return dict(manifest)
