"""The proxy through which an address outside is reached, as the environment says; none for this machine."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

KINDS = ("http", "https")


class BadProxyError(ValueError):
    """What the environment names is no proxy that could be used; the text is for an operator."""


def proxy_for(url: str) -> str | None:
    """Return the proxy for an address by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, or None.

    This very machine is never reached through one: what listens here is not for others to see.
    """
    parts = urlsplit(url)
    host, proxies = parts.hostname or "", getproxies_environment()
    if not proxies or _is_here(host) or proxy_bypass(_with_port(host, parts.port), proxies):
        return None
    named = proxies.get(parts.scheme) or proxies.get("all")
    if not named:
        return None
    proxy = named if "://" in named else f"http://{named}"
    kind = urlsplit(proxy)
    if kind.scheme not in KINDS or not kind.hostname:
        variable = f"{parts.scheme.upper()}_PROXY" if proxies.get(parts.scheme) else "ALL_PROXY"
        raise BadProxyError(f"{variable} must be an address such as http://proxy.example:3128")
    return proxy


def _with_port(host: str, port: int | None) -> str:
    return f"{host}:{port}" if port else host


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
