"""What holds of a line to any mail server, whether messages leave over it or are read."""

from __future__ import annotations

import ipaddress
import ssl
from enum import StrEnum

LOCAL = "localhost"


class Tls(StrEnum):
    """How the line is encrypted: after a plain greeting, from the start, or not at all."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


def is_here(host: str) -> bool:
    """Say whether a server is this very machine, so that nobody listens in between."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == LOCAL


def trust(pem: str) -> ssl.SSLContext:
    """Return what checks a server's certificate: the usual authorities, and one of the workspace's own."""
    context = ssl.create_default_context()
    if pem.strip():
        context.load_verify_locations(cadata=pem)
    return context
