"""A message as it travels: headers, plain text in UTF-8, and the HTML beside it if there is one."""

from __future__ import annotations

import re
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from bot.api import BadInput
from plugins.email.port import Outgoing

LINKS = frozenset({"List-Unsubscribe", "X-Backhaul-Message"})
"""Headers that programs read: encoded words, with which long ones are folded, would break them."""


class Travelling(policy.EmailPolicy):
    """How messages are written: CRLF, and encoded so that every server takes them, 8BITMIME or not."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return a header as it travels; links stay as they are, one on each line."""
        if name in LINKS:
            return f"{name}: {value}\r\n".replace(">, <", ">,\r\n <").encode("ascii")
        return super().fold_binary(name, value)


SEVEN_BITS = Travelling(linesep="\r\n", cte_type="7bit")
HEADER = re.compile(r"[A-Z][A-Za-z-]{1,60}")
PRINTABLE = re.compile(r"[\x20-\x7e]{1,900}")


def ascii_address(address: str) -> str:
    """Return an address with its domain as DNS knows it; BadInput when it is none."""
    local, at, domain = address.strip().rpartition("@")
    try:
        known = domain.encode("idna").decode("ascii")
    except UnicodeError:
        known = ""
    if not local or not at or not known or any(ord(letter) <= ord(" ") for letter in address.strip()):
        raise BadInput(f"“{' '.join(address.split())[:80]}” is no e-mail address.")
    return f"{local}@{known}"


def needs_utf8(address: str) -> bool:
    """Say whether the part before the @ has letters that only some servers carry."""
    return not address.isascii()


def make_mime(message: Outgoing, sender_name: str, at: datetime) -> EmailMessage:
    """Return the message; BadInput when a header would not stay one line."""
    for what, value in (("subject", message.subject), ("address", message.to), ("sender", sender_name)):
        if any(ord(letter) < ord(" ") for letter in value):
            raise BadInput(f"The {what} has a line break in it, so it cannot be sent.")
    mime = EmailMessage(policy=SEVEN_BITS)
    mime["From"] = _header(message.sender, sender_name)
    mime["To"] = _header(message.to)
    if message.reply_to:
        mime["Reply-To"] = _header(message.reply_to)
    mime["Subject"] = message.subject
    mime["Date"] = format_datetime(at)
    mime["Message-ID"] = message.message_id
    for name, value in message.headers.items():
        if not HEADER.fullmatch(name) or not PRINTABLE.fullmatch(value):
            raise BadInput(f"The header {name[:40]!r} cannot be sent as it is.")
        mime[name] = value
    mime.set_content(message.body, charset="utf-8")
    if message.html:
        mime.add_alternative(message.html, subtype="html", charset="utf-8")
    return mime


def as_bytes(mime: EmailMessage, *, utf8: bool) -> bytes:
    """Return what is sent between DATA and the final dot."""
    return mime.as_bytes(policy=SEVEN_BITS.clone(utf8=utf8))


def _header(address: str, name: str = "") -> Address:
    local, _, domain = ascii_address(address).rpartition("@")
    return Address(display_name=name, username=local, domain=domain)
