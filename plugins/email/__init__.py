"""E-mail: what subscribers were told, writing to one of them or to many, and the templates for it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.api import Action, Entity, Job, PluginInfo, PublicLink, hookimpl
from plugins.email.bouncing import record_bounce
from plugins.email.drafting import draft, edit, send_draft
from plugins.email.entities import ENTITIES
from plugins.email.keeping import add_template, change_template, remove_template
from plugins.email.mailings import cancel_mailing, mailing, mailings, mass
from plugins.email.reading import bounced, log, outbox, sent, show, template, templates
from plugins.email.returning import FORGET as FORGET_RETURNS
from plugins.email.returning import READ as RETURNS
from plugins.email.sending import SEND
from plugins.email.settings import EmailSettings
from plugins.email.unsubscribing import UNSUBSCRIBE, allow, stopped, unsubscribe
from plugins.email.writing import cancel, retry, send

READ, WRITE = frozenset({"email:read"}), frozenset({"email:read", "email:send"})
MANY = WRITE | {"email:mass"}
READING = (log, sent, outbox, show, bounced, stopped)
WRITING = (send, draft, edit, send_draft, cancel, retry, record_bounce, unsubscribe, allow)
MAILINGS = (mass, cancel_mailing, mailing, mailings)
TEMPLATES = (templates, template, add_template, change_template, remove_template)


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are."""
    return PluginInfo(
        name="email",
        about="Write to subscribers, one or many, from templates or freely; and see what they were told.",
        permissions={
            "email:read": "See what subscribers were told",
            "email:send": "Write to a subscriber",
            "email:mass": "Write to many subscribers at once, when two people agree",
            "email:templates": "Add, change and remove templates",
            "email:resubscribe": "Send news again to somebody who had unsubscribed themselves",
        },
        roles={
            "support": WRITE,
            "billing": MANY,
            "noc": MANY,
            "admin": MANY | {"email:templates", "email:resubscribe"},
        },
        settings=EmailSettings,
        needs=("customers", "network"),
    )


@hookimpl
def register_actions() -> Sequence[Action]:
    """What was said, and saying more."""
    return [*READING, *WRITING, *MAILINGS, *TEMPLATES]


@hookimpl
def register_entities() -> Sequence[Entity]:
    """Messages, mailings and templates can be named."""
    return ENTITIES


@hookimpl
def register_jobs() -> Sequence[Job]:
    """The outbox is emptied in the background, what comes back is read, and most of it forgotten."""
    return [SEND, RETURNS, FORGET_RETURNS]


@hookimpl
def register_public_links() -> Sequence[PublicLink]:
    """Whoever gets news can end that with one click."""
    return [UNSUBSCRIBE]
