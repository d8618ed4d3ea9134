"""Seals fit what we wrote ourselves, for one plugin of one tenant, under every key that still opens."""

from __future__ import annotations

import os

import pytest

from bot.contract.people import Tenant
from bot.core.seals import LETTERS, TenantSeals, link_address
from bot.db.cipher import Cipher
from bot.errors import BadInput

OLD, NEW = os.urandom(32), os.urandom(32)


def seals(tenant: str = "t1", plugin: str = "email", *, keys: dict[str, bytes] | None = None) -> TenantSeals:
    kept = keys or {"old": OLD}
    return TenantSeals(cipher=Cipher(keys=kept, seals_with=next(iter(kept))), tenant=tenant, plugin=plugin)


def test_a_seal_fits_its_text_and_nothing_else():
    made = seals().make("bounce EM-1001")
    assert seals().fits("bounce EM-1001", made) and seals().fits("bounce EM-1001", made.upper())
    assert len(made) == LETTERS and made.isalnum() and made == made.lower()
    for other in ("bounce EM-1002", "bounce EM-1001 ", ""):
        assert not seals().fits(other, made)
    for wrong in ("", "x", made[:-1], made + "a", "é" * LETTERS):
        assert not seals().fits("bounce EM-1001", wrong)


def test_it_is_one_plugins_and_one_tenants():
    made = seals().make("x")
    assert not seals(tenant="t2").fits("x", made)
    assert not seals(plugin="tickets").fits("x", made)
    assert not seals(keys={"new": NEW}).fits("x", made)


def test_it_outlives_a_change_of_the_key():
    made = seals().make("x")
    rotated = seals(keys={"new": NEW, "old": OLD})
    assert rotated.fits("x", made) and rotated.make("x") != made


def test_a_link_is_whole_or_none():
    tenant = Tenant(id="t1", slug="acme", name="Acme")
    made = link_address("https://bot.example.net", tenant, seals(), "email", "unsubscribe", "EM-1")
    assert made.startswith("https://bot.example.net/l/acme/email/unsubscribe/EM-1/")
    assert link_address("", tenant, seals(), "email", "unsubscribe", "EM-1") == ""
    with pytest.raises(BadInput):
        link_address("https://x.example", tenant, seals(), "email", "unsubscribe", "../../t/acme")
