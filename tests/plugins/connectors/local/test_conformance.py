"""Our own tables behind every port: the checks that connector authors get are run against them first."""

from __future__ import annotations

from bot.conformance.customers import CustomersConformance


class TestCustomers(CustomersConformance):
    """`LocalCustomers`."""
