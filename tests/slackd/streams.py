"""One streamed message: what was appended to it, what it shows, and whether it still runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.slackd.chunks import BLOCKS_MOST
from tests.slackd.richtext import from_markdown, rich_text

STREAMING, STOPPED, STOPPED_BY_USER, EXPIRED = "streaming", "stopped", "stopped_by_user", "expired"
SHOWN_STATE = {
    STREAMING: "in_progress",
    STOPPED: "completed",
    STOPPED_BY_USER: "completed",
    EXPIRED: "errored",
}


@dataclass(kw_only=True)
class Stream:
    """`parts` in the order they came: text, the ids of tasks, blocks."""

    message: dict[str, Any]
    channel: str
    team: str
    app: str
    thread_ts: str
    mode: str = "timeline"
    state: str = STREAMING
    parts: list[tuple[str, Any]] = field(default_factory=list)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    plan_title: str = ""
    timer: Any = None
    idle: Any = None

    @property
    def ts(self) -> str:
        return str(self.message["ts"])

    @property
    def live(self) -> bool:
        return self.state == STREAMING

    @property
    def text(self) -> str:
        """All Markdown that came, as it came."""
        return "".join(part for kind, part in self.parts if kind == "text")

    def append(self, chunks: list[dict[str, Any]]) -> list[str]:
        """Take the chunks in; return the warnings."""
        warnings = []
        for chunk in chunks:
            if chunk["type"] == "markdown_text":
                self._append_text(chunk["text"])
            elif chunk["type"] == "task_update":
                self._append_task(chunk)
            elif chunk["type"] == "plan_update":
                self.plan_title = chunk["title"]
                self._once("plan", None)
            elif dropped := self._append_blocks(chunk["blocks"]):
                warnings.append(f"{dropped} blocks over {BLOCKS_MOST} dropped")
        self.show()
        return warnings

    def finish(self, state: str, blocks: list[dict[str, Any]] | None = None) -> None:
        """End as `state`; `blocks` go to the bottom."""
        if blocks:
            self.parts.append(("bottom", blocks))
        self.state = state
        for timer in (self.timer, self.idle):
            if timer is not None:
                timer.cancel()
        self.show()

    def show(self) -> None:
        """Write what has come so far into the stored message."""
        self.message["text"] = self.text
        self.message["blocks"], self.message["_own_blocks"] = self.blocks(), True
        self.message["streaming_state"] = SHOWN_STATE[self.state]

    def blocks(self) -> list[dict[str, Any]]:
        """Text becomes rich text, tasks cards in their order, or one plan of them all."""
        found: list[dict[str, Any]] = []
        for kind, part in self.parts:
            if kind == "text":
                found += from_markdown(part)
            elif kind == "task" and self.mode != "plan":
                found.append(_card(self.tasks[part]))
            elif kind == "plan":
                tasks = [_card(each) for each in self.tasks.values()] if self.mode == "plan" else []
                found.append({"type": "plan", "title": self.plan_title or "Plan", "tasks": tasks})
            elif kind in {"blocks", "bottom"}:
                found += part
        return [block | {"block_id": block.get("block_id") or f"s{at}"} for at, block in enumerate(found)]

    def _append_text(self, text: str) -> None:
        if self.parts and self.parts[-1][0] == "text":
            text = self.parts.pop()[1] + text
        self.parts.append(("text", text))

    def _append_task(self, chunk: dict[str, Any]) -> None:
        """The same id again replaces what was said of the task, where it stands."""
        known = self.tasks.get(chunk["id"], {})
        self.tasks[chunk["id"]] = {**known, **chunk}
        if self.mode == "plan":
            self._once("plan", None)
        else:
            self._once("task", chunk["id"])

    def _append_blocks(self, blocks: list[dict[str, Any]]) -> int:
        room = BLOCKS_MOST - sum(len(part) for kind, part in self.parts if kind == "blocks")
        self.parts.append(("blocks", blocks[: max(room, 0)]))
        return max(len(blocks) - max(room, 0), 0)

    def _once(self, kind: str, part: Any) -> None:
        if (kind, part) not in self.parts:
            self.parts.append((kind, part))


def _card(task: dict[str, Any]) -> dict[str, Any]:
    card = {"type": "task_card", "task_id": task["id"], "title": task["title"], "status": task["status"]}
    card |= {name: rich_text(task[name]) for name in ("details", "output") if task.get(name)}
    return card | ({"sources": task["sources"]} if task.get("sources") else {})
