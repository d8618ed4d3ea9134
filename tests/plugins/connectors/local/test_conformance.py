"""Our own tables behind every port: the checks that connector authors get are run against them first."""

from __future__ import annotations

from bot.conformance.billing import BillingConformance
from bot.conformance.customers import CustomersConformance
from bot.conformance.email import EmailConformance
from bot.conformance.network import NetworkConformance
from bot.conformance.reminders import RemindersConformance
from bot.conformance.tickets import TicketsConformance
from bot.conformance.visits import VisitsConformance


class TestCustomers(CustomersConformance):
    """`LocalCustomers`."""


class TestBilling(BillingConformance):
    """`LocalBilling`."""


class TestTickets(TicketsConformance):
    """`LocalTickets`."""


class TestNetwork(NetworkConformance):
    """`LocalNetwork`."""


class TestEmail(EmailConformance):
    """`LocalMail`."""


class TestReminders(RemindersConformance):
    """`LocalReminders`."""


class TestVisits(VisitsConformance):
    """`LocalVisits`."""
