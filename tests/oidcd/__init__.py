"""An OpenID Connect provider on loopback: strict about what a client must do, and bendable into a liar."""

from tests.oidcd.provider import Oidcd, Person

__all__ = ["Oidcd", "Person"]
