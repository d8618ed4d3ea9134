"""What may be sent: subjects of one line, bodies that fit, addresses that are some; and how it is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any

from bot.api import BadInput, Context, Field, NotFound, Unavailable, moment
from plugins.customers.port import Customer
from plugins.email.port import THEMSELVES, Email, Mail, Mailer, NewEmail, Sender, Stop

SUBJECT, BODY, NAME = 200, 20_000, 60
Text = Annotated[str, Field(max_length=BODY)]
"""What a person writes: letters are longer than most arguments."""
FIRST_WORDS = 60
"""How much of a text becomes its subject when none was given."""
ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\.]{2,}")
TEMPLATE_NAME = re.compile(r"[a-z][a-z0-9_]*")
LINE_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
MAILERS = ("smtp", "drymail")
NOT_SET_UP = (
    "Nothing here can send e-mail yet. An admin turns it on with `admin enable_plugin smtp`, and says which "
    "server to use: `plugins settings smtp host=… from_address=…`."
)


def checked_subject(subject: str) -> str:
    """Return a subject of one line; BadInput when it would begin another header."""
    subject = subject.strip()
    if LINE_BREAKS.search(subject) or CONTROLS.search(subject):
        raise BadInput("The subject has a line break in it. Put it on one line.")
    if not subject:
        raise BadInput("The subject is empty. Say what it is about.")
    if len(subject) > SUBJECT:
        raise BadInput(f"The subject has {len(subject):,} letters; {SUBJECT} fit. Shorten it.")
    return subject


def checked_body(body: str) -> str:
    """Return a text that can be sent."""
    body = CONTROLS.sub("", body.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not body:
        raise BadInput("The text is empty. Say what to write.")
    if len(body) > BODY:
        raise BadInput(f"The text has {len(body):,} letters; {BODY:,} fit. Shorten it.")
    return body


def subject_of(text: str, subject: str) -> str:
    """Return the subject given, or the first words of the text."""
    if subject.strip():
        return checked_subject(subject)
    first = re.split(r"(?<=[.!?])\s|\n", checked_body(text), maxsplit=1)[0].strip().rstrip(".")
    if len(first) > FIRST_WORDS:
        first = first[:FIRST_WORDS].rsplit(" ", 1)[0] + " …"
    return checked_subject(first)


def checked_address(address: str | None, who: str) -> str:
    """Return an address that mail can go to; BadInput says whose is missing or is none."""
    found = (address or "").strip()
    if not found:
        raise BadInput(f"We have no e-mail address of {who}. Add one first.")
    if not ADDRESS.fullmatch(found) or LINE_BREAKS.search(found):
        raise BadInput(f"“{found[:80]}”, the address of {who}, is no e-mail address. Correct it first.")
    return found


def checked_name(name: str) -> str:
    """Return the name of a template: lower case, with underscores."""
    known = re.sub(r"[\s\-]+", "_", name.strip().lower())
    if not TEMPLATE_NAME.fullmatch(known) or len(known) > NAME:
        raise BadInput("Name it with letters, digits and underscores, e.g. payment_reminder.")
    return known


def get_sender(ctx: Context[Any]) -> Sender:
    """Return who messages come from; Unavailable says what an admin has to do first."""
    try:
        mailer = ctx.port(Mailer)
    except Unavailable as trouble:
        if any(ctx.enabled(name) for name in MAILERS):  # two of them, and nobody chose
            raise
        raise Unavailable(NOT_SET_UP) from trouble
    return mailer.sender()


async def find_stop(ctx: Context[Any], address: str) -> Stop | None:
    """Return why an address is not to be written to."""
    return (await ctx.port(Mail).stops([address])).get(address.lower())


def stop_said(stop: Stop, ctx: Context[Any]) -> str:
    """Return what is known against an address."""
    when = moment(stop.at, ctx.now, ctx.tenant.zone)
    if stop.reason == "unsubscribed":
        who = "they said so themselves" if stop.by == THEMSELVES else f"noted by {stop.by}"
        return f"{stop.address} wants no news ({when}, {who})"
    return f"{stop.address} bounced {when}: {stop.detail or 'no reason given'}"


def shown(message: NewEmail | Email, sender: str, reply_to: str | None) -> str:
    """Return a message exactly as it goes out."""
    heads = [("From", sender or "not set yet"), ("To", message.to)]
    if reply_to:
        heads.append(("Reply-To", reply_to))
    heads.append(("Subject", message.subject))
    lines = [f"{name}: {value}" for name, value in heads]
    html = ["", "(with an HTML version beside it)"] if message.html else []
    return quoted([*lines, "", *message.body.splitlines(), *html])


def quoted(lines: Sequence[str]) -> str:
    """Mark each line as somebody's words."""
    return "\n".join(f"> {line}" for line in lines)


async def check_reach(ctx: Context[Any], customer: Customer) -> str:
    """Return the customer's address, if this person may write to them."""
    reached = await ctx.port(Mail).recipients(ctx.scope, customers=[customer.number])
    if not reached:
        raise NotFound(f"You cannot write to {customer.number} from here.")
    return checked_address(reached[0].email, f"{customer.name} ({customer.number})")
