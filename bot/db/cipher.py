"""Secrets at rest: AES-256-GCM under a master key, bound to the row they lie in, with rotation."""

from __future__ import annotations

import binascii
import hashlib
import os
import secrets
import stat
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.config import Config
from bot.errors import BotError, ConfigError

FORM = "v1"
KEY_BYTES, NONCE_BYTES = 32, 12
KEY_FILE = "master.key"
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class SealBrokenError(BotError):
    """A sealed value does not open: it was changed, moved to another row, or sealed under another key."""


@dataclass(frozen=True, kw_only=True)
class Cipher:
    """Seals and opens short secrets. `keys` by their ids; the key `seals_with` seals, all open."""

    keys: Mapping[str, bytes] = field(repr=False)
    seals_with: str

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """Take the key from BACKHAUL_KEY, else from the file in the home folder, made at first use."""
        if config.key is not None:
            return cls.parse(config.key.get_secret_value(), where="BACKHAUL_KEY")
        file = config.home / KEY_FILE
        return cls.parse(_read_or_make(file), where=str(file))

    @classmethod
    def parse(cls, words: str, *, where: str) -> Self:
        """Read `base64` or `kid:base64,kid:base64`; the first key seals."""
        keys: dict[str, bytes] = {}
        for part in (one.strip() for one in words.split(",") if one.strip()):
            kid, colon, encoded = part.rpartition(":")
            key = _decoded(encoded, where)
            kid = kid.strip() if colon else fingerprint(key)
            if not kid.isalnum() or kid in keys:
                raise ConfigError(f"{where}: each key needs an id of its own, of letters and digits.")
            keys[kid] = key
        if not keys:
            raise ConfigError(f"{where} holds no key. {HOW_TO_MAKE}")
        return cls(keys=keys, seals_with=next(iter(keys)))

    def seal(self, plain: str, *, row: str) -> str:
        """Encrypt for one place, `tenant|table|column|primary key`; it opens nowhere else."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self.keys[self.seals_with]).encrypt(nonce, plain.encode(), row.encode())
        return f"{FORM}:{self.seals_with}:{b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *, row: str) -> str:
        """Decrypt what `seal` made for the same place."""
        kid = key_id(sealed)
        if kid not in self.keys:
            raise SealBrokenError(
                f"A secret was sealed with the key {kid!r}, and there is none of that id. Add it to "
                "BACKHAUL_KEY behind the present one (present,old), or restore the file master.key."
            )
        try:
            blob = b64decode(sealed.split(":", 2)[2], validate=True)
            return (
                AESGCM(self.keys[kid]).decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], row.encode()).decode()
            )
        except (InvalidTag, ValueError, binascii.Error):
            raise SealBrokenError(
                "A sealed secret was changed, or moved from another row; set it again."
            ) from None

    def stale(self, sealed: str) -> bool:
        """Say whether this was sealed with an older key: open it and seal it again."""
        return key_id(sealed) != self.seals_with


HOW_TO_MAKE = (
    "Make one with: python3 -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())'"
)


def key_id(sealed: str) -> str:
    """Return the id of the key that sealed this."""
    form, _, rest = sealed.partition(":")
    kid, colon, _ = rest.partition(":")
    if form != FORM or not colon:
        raise SealBrokenError("This is no sealed secret; set it again.")
    return kid


def fingerprint(key: bytes) -> str:
    """Return the id of a key that was given without one; it tells nothing about the key."""
    return hashlib.sha256(b"backhaul key id" + key).hexdigest()[:8]


def _decoded(encoded: str, where: str) -> bytes:
    try:
        key = b64decode(encoded.strip().replace("-", "+").replace("_", "/"), validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigError(f"{where}: a key is base64 of exactly {KEY_BYTES} bytes. {HOW_TO_MAKE}")
    return key


def _read_or_make(file: Path) -> str:
    if not file.exists():
        _make(file)
    try:
        found = file.stat()
        words = file.read_text()
    except OSError as error:
        raise ConfigError(f"The master key {file} can not be read ({error.strerror}).") from error
    if found.st_mode & OTHERS:
        raise ConfigError(f"Others may read the master key. Mend it: chmod 600 {file}")
    return words


def _make(file: Path) -> None:
    """Write a new key beside its place and link it there: the first of several processes wins, whole."""
    half = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        file.parent.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w") as handle:
                handle.write(b64encode(os.urandom(KEY_BYTES)).decode() + "\n")
                handle.flush()
                os.fsync(descriptor)
            os.link(half, file)
        except FileExistsError:
            return
        finally:
            half.unlink()
    except OSError as error:
        raise ConfigError(
            f"The master key {file} can not be written ({error.strerror}). Set BACKHAUL_HOME or BACKHAUL_KEY."
        ) from error
