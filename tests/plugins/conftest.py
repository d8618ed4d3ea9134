"""Fixtures of the plugins' tests: two ISPs whose rows a test writes itself."""

from __future__ import annotations

import pytest

from bot.api import Tenant
from bot.db.database import Database
from tests.plugins.building import Isp


@pytest.fixture
def isp(database: Database, tenant: Tenant) -> Isp:
    return Isp(database, tenant)


@pytest.fixture
def other_isp(database: Database, other_tenant: Tenant) -> Isp:
    return Isp(database, other_tenant)
