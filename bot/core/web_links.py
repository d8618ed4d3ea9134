"""Where a tenant's web pages are: stable paths that notices, mails and other surfaces may point to."""

from __future__ import annotations

from bot.contract.people import Tenant


def home(tenant: Tenant) -> str:
    """Return the path of a tenant's pages: what waits for the reader."""
    return f"/t/{tenant.slug}/waiting"


def you(tenant: Tenant) -> str:
    """Return the path of the reader's own page."""
    return f"/t/{tenant.slug}/you"


def call(tenant: Tenant, call_id: str) -> str:
    """Return the path at which a call is shown and decided."""
    return f"/t/{tenant.slug}/calls/{call_id}"


def sign_in(tenant: Tenant) -> str:
    """Return the path of the sign-in page."""
    return f"/t/{tenant.slug}/sign-in"


def redirect(tenant: Tenant) -> str:
    """Return the path to which the identity provider sends people back."""
    return f"/t/{tenant.slug}/sign-in/done"


def slack_install(tenant: Tenant) -> str:
    """Return the path at which a Slack workspace is connected."""
    return f"/t/{tenant.slug}/slack"


def public(public_url: str, path: str) -> str:
    """Return the whole address of a path; empty while the service does not know its public address."""
    return f"{public_url}{path}" if public_url else ""
