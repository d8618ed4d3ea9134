"""Hold the conversation with a server, and say of each answer what can be compared."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.slackd_conformance.backlot.cases import CASES, HISTORY, Case

Send = Callable[[str, str, dict[str, str]], Awaitable[dict[str, Any]]]
"""Method, how (form, json, query), arguments -> the answer."""
Answers = dict[str, dict[str, Any]]


async def play(send: Send) -> Answers:
    """Title -> what the answer says, without ids and times."""
    listed = await send("conversations.list", "query", {})
    known = {"channel": next(c["id"] for c in listed["channels"] if c["name"] == "noc")}
    for message in (await send(HISTORY, "query", {"channel": known["channel"]}))["messages"]:
        known[message["text"]] = message["ts"]
    thread = {"channel": known["channel"], "ts": known["root"]}
    for message in (await send("conversations.replies", "query", thread))["messages"]:
        known[message["text"]] = message["ts"]
    said: Answers = {}
    for case in CASES:
        answer = await send(case.method, case.how, _filled(case, known))
        if case.name:
            known[case.name] = answer["ts"]
        said[case.title] = _comparable(answer)
    return said


def _filled(case: Case, known: dict[str, str]) -> dict[str, str]:
    return {name: str(value).format(**known) for name, value in case.args.items()}


def _comparable(answer: dict[str, Any]) -> dict[str, Any]:
    if not answer["ok"]:
        lines = answer.get("response_metadata", {}).get("messages")
        return {"error": answer["error"], **({"lines": lines} if lines else {})}
    said: dict[str, Any] = {"keys": sorted(answer)}
    if "messages" in answer:
        said["texts"] = [message["text"] for message in answer["messages"]]
        said["threads"] = [_thread(message) for message in answer["messages"]]
    if "message" in answer:
        said["message"] = sorted(answer["message"])
    if "has_more" in answer:
        said["has_more"] = answer["has_more"]
    for name in ("channel", "channels", "members"):
        found = answer.get(name)
        first = found[0] if isinstance(found, list) and found else found
        if isinstance(first, dict):
            said[name] = sorted(first)
    return said


def _thread(message: dict[str, Any]) -> list[Any]:
    return [message.get("reply_count"), "parent_user_id" in message, message.get("subtype")]
