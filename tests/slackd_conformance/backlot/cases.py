"""What is asked, one call after the other; later calls name what earlier ones made.

In arguments `{channel}` is #noc, `{root}` … the timestamp of a message of the corpus by its text, and
`{name}` the timestamp a call answered that is called `name`.
"""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """`how`: form, json or query. `name` keeps the `ts` of the answer."""

    title: str
    method: str
    args: dict[str, object]
    how: str = "form"
    name: str = ""


CORPUS = (("root", ("first", "second", "third")), ("alone", ()), ("later", ()), ("last", ()))
"""Messages of #noc and their replies, by ann and ben in turn, a minute apart."""
AT = 1_770_000_000

BLOCK = '[{"type":"section","text":{"type":"plain_text","text":"in a block"}}]'
POST, UPDATE, DELETE = "chat.postMessage", "chat.update", "chat.delete"
HISTORY, REPLIES = "conversations.history", "conversations.replies"

ARGUMENTS = (
    Case("nothing at all", POST, {}),
    Case("no channel", POST, {"text": "x"}),
    Case("an empty channel", POST, {"channel": "", "text": "x"}),
    Case("an unknown channel", POST, {"channel": "C000NOBODY", "text": "x"}),
    Case("no text", POST, {"channel": "{channel}"}),
    Case("an empty text", POST, {"channel": "{channel}", "text": ""}),
    Case("blocks that are no array", POST, {"channel": "{channel}", "text": "x", "blocks": "abc"}),
    Case("blocks that are an object", POST, {"channel": "{channel}", "text": "x", "blocks": "{{}}"}),
    Case("no blocks", POST, {"channel": "{channel}", "blocks": "[]"}),
    Case("attachments that are no array", POST, {"channel": "{channel}", "attachments": "abc"}),
    Case("an empty attachment", POST, {"channel": "{channel}", "attachments": "[{{}}]"}),
    Case("a decorated attachment", POST, {"channel": "{channel}", "attachments": '[{{"color":"x"}}]'}),
    Case("unknown channel before blocks", POST, {"channel": "C000NOBODY", "blocks": "abc"}),
    Case("blocks before the thread", POST, {"channel": "{channel}", "blocks": "abc", "thread_ts": "abc"}),
    Case("no text before the thread", POST, {"channel": "{channel}", "thread_ts": "abc"}),
    Case("a thread that is no number", POST, {"channel": "{channel}", "text": "x", "thread_ts": "abc"}),
    Case("a thread below zero", POST, {"channel": "{channel}", "text": "x", "thread_ts": "-1"}),
    Case("a thread in exponents", POST, {"channel": "{channel}", "text": "x", "thread_ts": "1e9"}),
    Case(
        "the last second refused",
        POST,
        {"channel": "{channel}", "text": "x", "thread_ts": "631152000.000001"},
    ),
    Case("json is read", POST, {"text": "x"}, "json"),
    Case("json is not read", "chat.getPermalink", {"channel": "{channel}", "message_ts": "{alone}"}, "json"),
)

POSTING = (
    Case("by id", POST, {"channel": "{channel}", "text": "by id"}, name="posted"),
    Case("by name", POST, {"channel": "noc", "text": "by name"}),
    Case("by #name in json", POST, {"channel": "#noc", "text": "by #name"}, "json"),
    Case("by get", POST, {"channel": "{channel}", "text": "by get"}, "query"),
    Case("spaces", POST, {"channel": "{channel}", "text": "   "}),
    Case(
        "a block alone", POST, {"channel": "{channel}", "blocks": BLOCK.replace("{", "{{").replace("}", "}}")}
    ),
    Case("an attachment that speaks", POST, {"channel": "{channel}", "attachments": '[{{"fallback":""}}]'}),
    Case(
        "a reply to a reply",
        POST,
        {"channel": "{channel}", "text": "4th", "thread_ts": "{second}"},
        name="4th",
    ),
    Case("a reply to nothing", POST, {"channel": "{channel}", "text": "top", "thread_ts": "1700000000.1"}),
    Case("the thread has four", REPLIES, {"channel": "{channel}", "ts": "{4th}"}),
    Case(
        "a first reply", POST, {"channel": "{channel}", "text": "reply", "thread_ts": "{alone}"}, name="reply"
    ),
    Case("the root is stamped", REPLIES, {"channel": "{channel}", "ts": "{alone}"}),
)

CHANGING = (
    Case("somebody else's", UPDATE, {"channel": "{channel}", "ts": "{later}", "text": "x"}),
    Case("nobody's", UPDATE, {"channel": "{channel}", "ts": "1700000000.000009", "text": "x"}),
    Case("update by name", UPDATE, {"channel": "noc", "ts": "{posted}", "text": "x"}),
    Case("update without a text", UPDATE, {"channel": "{channel}", "ts": "{posted}"}),
    Case("update without a ts", UPDATE, {"channel": "{channel}", "text": "x"}),
    Case(
        "update blocks that are no array", UPDATE, {"channel": "{channel}", "ts": "{posted}", "blocks": "x"}
    ),
    Case("update one's own", UPDATE, {"channel": "{channel}", "ts": "{posted}", "text": "changed"}),
    Case("delete somebody else's", DELETE, {"channel": "{channel}", "ts": "{later}"}),
    Case("delete one's own", DELETE, {"channel": "{channel}", "ts": "{posted}"}),
    Case("delete it again", DELETE, {"channel": "{channel}", "ts": "{posted}"}),
    Case("a root of one's own", POST, {"channel": "{channel}", "text": "mine"}, name="mine"),
    Case("its reply", POST, {"channel": "{channel}", "text": "under", "thread_ts": "{mine}"}, name="under"),
    Case("delete the root", DELETE, {"channel": "{channel}", "ts": "{mine}"}),
    Case("its tombstone", REPLIES, {"channel": "{channel}", "ts": "{mine}"}),
    Case("update the tombstone", UPDATE, {"channel": "{channel}", "ts": "{mine}", "text": "x"}),
    Case("link to the tombstone", "chat.getPermalink", {"channel": "{channel}", "message_ts": "{mine}"}),
    Case("delete the reply", DELETE, {"channel": "{channel}", "ts": "{under}"}),
    Case("the tombstone is gone", REPLIES, {"channel": "{channel}", "ts": "{mine}"}),
    Case("delete a last reply", DELETE, {"channel": "{channel}", "ts": "{reply}"}),
    Case("its root is no thread", REPLIES, {"channel": "{channel}", "ts": "{alone}"}),
    Case("link to a message", "chat.getPermalink", {"channel": "{channel}", "message_ts": "{last}"}),
    Case("link to nothing", "chat.getPermalink", {"channel": "{channel}", "message_ts": "1.5"}),
    Case("to one without a user", "chat.postEphemeral", {"text": "x"}),
    Case("to one of odd name", "chat.postEphemeral", {"channel": "{channel}", "user": "ann", "text": "x"}),
    Case("odd name before channel", "chat.postEphemeral", {"channel": "C000NOBODY", "user": ""}),
    Case("to nobody", "chat.postEphemeral", {"channel": "{channel}", "user": "U000NOBODY", "text": "x"}),
)

MARKING = (
    Case("nothing marked", "reactions.add", {}),
    Case("no timestamp", "reactions.add", {"channel": "{channel}", "name": "eyes"}),
    Case("a zero", "reactions.add", {"channel": "{channel}", "name": "eyes", "timestamp": "0"}),
    Case("zero before channel", "reactions.add", {"channel": "C000NOBODY", "name": "eyes", "timestamp": "0"}),
    Case("no message", "reactions.add", {"channel": "{channel}", "name": "eyes", "timestamp": "1.5"}),
    Case("no name", "reactions.add", {"channel": "{channel}", "name": "", "timestamp": "{last}"}),
    Case("react", "reactions.add", {"channel": "{channel}", "name": "eyes", "timestamp": "{last}"}),
    Case("again", "reactions.add", {"channel": "{channel}", "name": "eyes", "timestamp": "{last}"}),
    Case("seen", "reactions.get", {"channel": "{channel}", "timestamp": "{last}"}),
    Case("get nothing", "reactions.get", {}),
    Case("get a timestamp", "reactions.get", {"timestamp": "{last}"}),
    Case("channel before zero", "reactions.get", {"channel": "C000NOBODY", "timestamp": "0"}),
    Case("get a file", "reactions.get", {"file": "F1", "channel": "{channel}", "timestamp": "{last}"}),
    Case("remove nothing", "reactions.remove", {"name": "eyes"}),
    Case("remove", "reactions.remove", {"channel": "{channel}", "name": "eyes", "timestamp": "{last}"}),
    Case(
        "remove it again", "reactions.remove", {"channel": "{channel}", "name": "eyes", "timestamp": "{last}"}
    ),
)

READING = (
    Case("history without a channel", HISTORY, {}),
    Case("two bad bounds", HISTORY, {"channel": "{channel}", "oldest": "abc", "latest": "abc"}),
    Case("a bad bound", HISTORY, {"channel": "{channel}", "oldest": "abc", "cursor": "abc"}),
    Case("a bad cursor", HISTORY, {"channel": "{channel}", "cursor": "abc"}),
    Case("channel first", HISTORY, {"channel": "C000NOBODY", "latest": "abc", "cursor": "abc"}),
    Case("a limit in words", HISTORY, {"channel": "{channel}", "limit": "ten"}),
    Case("an exponent", HISTORY, {"channel": "{channel}", "limit": "2e0"}),
    Case("two before", HISTORY, {"channel": "{channel}", "limit": "2", "latest": "{last}"}),
    Case("two after", HISTORY, {"channel": "{channel}", "limit": "2", "oldest": "{root}"}),
    Case("between", HISTORY, {"channel": "{channel}", "oldest": "{root}", "latest": "{last}"}),
    Case(
        "between, with both",
        HISTORY,
        {"channel": "{channel}", "oldest": "{root}", "latest": "{last}", "inclusive": "1"},
    ),
    Case("zero is no bound", HISTORY, {"channel": "{channel}", "oldest": "0", "latest": "{last}"}),
    Case("replies without anything", REPLIES, {}),
    Case("an empty ts", REPLIES, {"channel": "{channel}", "ts": ""}),
    Case("channel before thread", REPLIES, {"channel": "C000NOBODY", "ts": "1.5"}),
    Case("no thread", REPLIES, {"channel": "{channel}", "ts": "1.5"}),
    Case("by a reply", REPLIES, {"channel": "{channel}", "ts": "{second}"}),
    Case("a message alone", REPLIES, {"channel": "{channel}", "ts": "{last}"}),
    Case("list", "conversations.list", {}),
    Case("list one", "conversations.list", {"limit": "1"}),
    Case("list odd types", "conversations.list", {"types": "channel"}),
    Case("list a bad cursor", "conversations.list", {"cursor": "abc"}),
    Case("info", "conversations.info", {"channel": "{channel}"}),
    Case("info of nothing", "conversations.info", {"channel": "C000NOBODY"}),
    Case("members of nothing", "conversations.members", {"channel": "C000NOBODY"}),
    Case("members, odd limit", "conversations.members", {"channel": "C000NOBODY", "limit": "x"}),
    Case("nobody", "users.info", {"user": "U000NOBODY"}),
    Case("a bad cursor of people", "users.list", {"cursor": "abc"}),
    Case("people", "users.list", {}),
    Case("no such method", "chat.shout", {}),
)

CASES = (*ARGUMENTS, *READING, *POSTING, *CHANGING, *MARKING)
