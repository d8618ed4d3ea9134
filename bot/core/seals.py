"""Seals: short marks by which we know again what we wrote ourselves, whoever had it in between."""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from dataclasses import dataclass
from hashlib import sha256

from bot.contract.link import Seals
from bot.contract.people import Tenant
from bot.core.web_links import public
from bot.db.cipher import Cipher
from bot.errors import BadInput

LINK_PATH = "/l/{slug}/{plugin}/{name}/{about}/{seal}"
ABOUT = re.compile(r"[A-Za-z0-9-]{1,64}")
LETTERS = 20
"""100 bits: nobody guesses one, and it fits into the part of an address before the @."""


@dataclass(frozen=True, kw_only=True)
class TenantSeals:
    """The seals of one plugin in one tenant; another plugin's or tenant's never fit."""

    cipher: Cipher
    tenant: str
    plugin: str

    def make(self, text: str) -> str:
        """Return the seal of a text, under the key that seals now."""
        return self._under(self.cipher.keys[self.cipher.seals_with], text)

    def fits(self, text: str, seal: str) -> bool:
        """Say whether a seal belongs to a text, under any key there still is."""
        given = seal.lower().encode()
        return any(
            hmac.compare_digest(self._under(key, text).encode(), given) for key in self.cipher.keys.values()
        )

    def _under(self, key: bytes, text: str) -> str:
        own = hmac.new(key, f"backhaul seal|{self.tenant}|{self.plugin}".encode(), sha256).digest()
        return b32encode(hmac.new(own, text.encode(), sha256).digest()).decode().lower()[:LETTERS]


def link_text(name: str, about: str) -> str:
    """Return what the seal of a public link is about."""
    return f"link {name} {about}"


def link_address(public_url: str, tenant: Tenant, seals: Seals, plugin: str, name: str, about: str) -> str:
    """Return the whole address of a public link; empty while the service does not know its own."""
    if not ABOUT.fullmatch(about):
        raise BadInput("What a link is about is up to 64 letters, digits and hyphens.")
    seal = seals.make(link_text(name, about))
    return public(
        public_url, LINK_PATH.format(slug=tenant.slug, plugin=plugin, name=name, about=about, seal=seal)
    )
