"""Reading what a mailbox got back: delivery reports (RFC 3464), complaints, old-style bounces, machines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from plugins.email.complaints import FEEDBACK, complaint_of, is_feedback
from plugins.email.dressing import LINK, MARK
from plugins.email.letter import ADDRESS
from plugins.email.port import Back

SAID, MOST_MARKS = 300, 5
MOST_PARTS, MOST_BLOCKS = 100, 4_000
"""What no real report has: strangers write these, and each part and each blank line of one costs time."""
MESSAGE_ID = re.compile(r"^Message-ID:\s*(<[^<>\s]{3,250}>)", re.IGNORECASE | re.MULTILINE)
CODE = re.compile(r"(?<![0-9.])([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![0-9.])")
GONE = re.compile(r"5\.(0\.0|1\.(?![78]$)[0-9]+|2\.1|4\.1|4\.4|4\.310|5\.0)")
"""The address takes no mail, as servers say it; every other refusal is about this message or this day."""
STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
RETURNED_PARTS = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}
)
DAEMON = re.compile(r"mailer-daemon|postmaster|mail delivery (sub)?system", re.IGNORECASE)
ABSENT = re.compile(
    r"out of (the )?office|automatic reply|auto(matic)?[- ]?(reply|response)|vacation", re.IGNORECASE
)
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
WISH = re.compile(rf"^\s*{LINK}\s+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a message that came back says; nothing of it is proven yet.

    `marks` are the numbers and seals found in it; `recipients` are those it says it was for. A `complaint`
    is no answer of theirs: it carries what we sent, and with it the seal of the message.
    """

    back: Back
    marks: tuple[tuple[str, str], ...] = ()
    message_id: str | None = None
    recipients: tuple[str, ...] = ()
    status: str = ""
    said: str = ""
    complaint: bool = False

    @property
    def told(self) -> str:
        """Return the status and the words beside it, once."""
        return self.said if self.status in self.said else f"{self.status} {self.said}".strip()


def read_report(raw: bytes) -> Report:
    """Say what a message is; one that cannot be read is something else."""
    try:
        return Report(back=Back.OTHER) if _too_much(raw) else _read(raw)
    except Exception:  # noqa: BLE001 - strangers write these; one that no parser takes holds up no other
        return Report(back=Back.OTHER)


def _too_much(raw: bytes) -> bool:
    """Say whether a message is made to keep its reader busy."""
    blank = raw.count(b"\n\n") + raw.count(b"\n\r\n")
    return blank > MOST_BLOCKS or raw.lower().count(b"boundary") > MOST_PARTS


def _read(raw: bytes) -> Report:
    message = message_from_bytes(raw, policy=compat32)
    statuses = [part for part in message.walk() if part.get_content_type() in STATUS_PARTS]
    blocks = [block for part in statuses for block in _blocks(part)]
    if blocks:
        return _delivery(raw, message, blocks)
    if is_feedback(message):
        return _feedback(raw, message)
    subject = _header(message, "Subject")
    if WISH.match(subject) and MARK.search(subject):
        return Report(back=Back.UNSUBSCRIBED, marks=_marks(subject))
    if _by_machine(message, subject):
        return Report(back=Back.REPLY)
    if DAEMON.search(_header(message, "From")) or _header(message, "Return-Path").strip() == "<>":
        return _old_style(raw, message)
    return Report(back=Back.OTHER)


def _delivery(raw: bytes, message: Message, blocks: list[Mapping[str, str]]) -> Report:
    """Read the status of each recipient; what failed counts more than what is late."""
    judged = sorted((_judged(block) for block in blocks), key=lambda one: ORDER.index(one[0]))
    back, status, said = judged[0]
    marks, message_id = _original(raw, message)
    return Report(
        back=back,
        marks=marks,
        message_id=message_id,
        recipients=tuple(dict.fromkeys(one for block in blocks for one in _recipients(block))),
        status=status,
        said=said or status,
    )


def _feedback(raw: bytes, message: Message) -> Report:
    """Read a report of spam; one that is about something else marks nothing."""
    parts = [_text(part) for part in message.walk() if part.get_content_type() == FEEDBACK]
    said = next((told for part in parts if (told := complaint_of(part))), "")
    if not said:
        return Report(back=Back.OTHER)
    marks, message_id = _original(raw, message)
    return Report(back=Back.UNSUBSCRIBED, marks=marks, message_id=message_id, said=said, complaint=True)


def _original(raw: bytes, message: Message) -> tuple[tuple[tuple[str, str], ...], str | None]:
    """Return the marks and the Message-ID of what we sent, as it comes back in a part of its own."""
    returned = [part for part in message.walk() if part.get_content_type() in RETURNED_PARTS]
    headers = "\n".join(_text(part) for part in returned)
    found = MESSAGE_ID.search(headers)
    return _marks(raw.decode("latin-1") + headers), found[1] if found else None


ORDER = (Back.BOUNCED, Back.REFUSED, Back.DELAYED, Back.OTHER)


def _judged(block: Mapping[str, str]) -> tuple[Back, str, str]:
    said = _plain(block.get("diagnostic-code", "").rpartition(";")[2])
    action = _plain(block.get("action", "failed")).lower()
    found = CODE.search(block.get("status", ""))
    status = found[0] if found else ("4.0.0" if action == "delayed" else "5.0.0")
    told = CODE.search(said)
    if status.endswith(".0.0") and told and told[1] == status[0]:
        status = told[0]
    return judge(action, status), status, said


def judge(action: str, status: str) -> Back:
    """Say what follows from an action and a status of RFC 3464."""
    if action == "delayed":
        return Back.DELAYED
    if action != "failed":
        return Back.OTHER
    return Back.BOUNCED if GONE.fullmatch(status) else Back.REFUSED


def _old_style(raw: bytes, message: Message) -> Report:
    """Read a bounce in plain words, as qmail and old gateways write them: a status code says what it is."""
    text = next((_text(part) for part in message.walk() if part.get_content_type() == "text/plain"), "")
    for line in text.splitlines():
        if (found := CODE.search(line)) and found[1] != "2":
            back = judge("failed" if found[1] == "5" else "delayed", found[0])
            said = _plain(line)
            return Report(back=back, marks=_marks(raw.decode("latin-1")), status=found[0], said=said)
    return Report(back=Back.OTHER)


def _by_machine(message: Message, subject: str) -> bool:
    submitted = _header(message, "Auto-Submitted").lower()
    kind = (message.get_content_type(), str(message.get_param("report-type", "")).lower())
    return (
        submitted.startswith("auto-replied")
        or kind == ("multipart/report", "disposition-notification")
        or bool(_header(message, "X-Autoreply") or _header(message, "X-Autorespond"))
        or _header(message, "Precedence").lower() == "auto_reply"
        or bool(ABSENT.search(subject))
    )


def _blocks(part: Message) -> Iterator[Mapping[str, str]]:
    """Yield the fields of each recipient of a status part."""
    for block in re.split(r"\n[ \t]*\n", _text(part).replace("\r\n", "\n")):
        lines = re.sub(r"\n[ \t]+", " ", block).split("\n")
        fields = {name.strip().lower(): value.strip() for name, colon, value in map(_split, lines) if colon}
        if _recipients(fields):
            yield fields


def _split(line: str) -> tuple[str, str, str]:
    return line.partition(":")


def _recipients(fields: Mapping[str, str]) -> list[str]:
    found = [fields.get(name, "") for name in ("final-recipient", "original-recipient")]
    plain = [one.rpartition(";")[2].strip().strip("<>") for one in found]
    return [one for one in plain if ADDRESS.fullmatch(one)]


def _marks(text: str) -> tuple[tuple[str, str], ...]:
    pairs = dict.fromkeys((found[1].upper(), found[2].lower()) for found in MARK.finditer(text))
    return tuple(pairs)[:MOST_MARKS]


def _header(message: Message, name: str) -> str:
    return _plain(str(message.get(name, "")))


def _text(part: Message) -> str:
    """Return what a part holds, its encoding undone."""
    held = part.get_payload()
    if isinstance(held, list):
        return "\n\n".join(_shallow(one) if isinstance(one, Message) else str(one) for one in held)
    decoded = part.get_payload(decode=True)
    return decoded.decode("utf-8", "replace") if isinstance(decoded, bytes) else str(held)


def _shallow(message: Message) -> str:
    """Return the header of a message and a text below it: what is packed in deeper costs time for nothing."""
    head = "\n".join(f"{name}: {value}" for name, value in message.raw_items())
    whole, held = head.encode("utf-8", "surrogateescape"), message.get_payload(decode=True)
    if isinstance(held, bytes) and held:
        whole += b"\n\n" + held
    return whole.decode("utf-8", "replace")


def _plain(words: str) -> str:
    """Return somebody else's words on one short line, without what a screen or a table trips over."""
    whole = words.encode("utf-8", "replace").decode()
    return " ".join(CONTROLS.sub(" ", whole).split())[:SAID]
