"""users.*: who somebody is."""

from __future__ import annotations

from typing import Any

from tests.slackd.call import Call, method


@method("users.info")
def users_info(call: Call) -> dict[str, Any]:
    info = call.person().info()
    if "users:read.email" not in call.scopes:
        info["profile"].pop("email")
    return {"user": info}
