"""The other connector passes what connector authors get, so the ports promise no more than they say."""

from __future__ import annotations

import pytest

from bot.conformance.billing import BillingConformance
from bot.conformance.customers import CustomersConformance
from bot.conformance.email import EmailConformance
from bot.conformance.network import NetworkConformance
from bot.conformance.reminders import RemindersConformance
from bot.conformance.returns import ReturnsConformance
from bot.conformance.tickets import TicketsConformance
from bot.conformance.visits import VisitsConformance
from tests.plugins.connectors.memory.rig import MemoryRig


@pytest.fixture
def rig() -> MemoryRig:
    return MemoryRig()


class TestCustomers(CustomersConformance):
    """Over dicts."""


class TestBilling(BillingConformance):
    """Over dicts."""


class TestTickets(TicketsConformance):
    """Over dicts."""


class TestNetwork(NetworkConformance):
    """Over dicts."""


class TestEmail(EmailConformance):
    """Over dicts."""


class TestReminders(RemindersConformance):
    """Over dicts."""


class TestVisits(VisitsConformance):
    """Over dicts."""


class TestReturns(ReturnsConformance):
    """Over a list."""
