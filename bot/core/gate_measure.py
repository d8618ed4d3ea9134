"""Counters, durations and spans of calls; no tenant and no payload in any label."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from prometheus_client import Counter, Histogram

CALLS = Counter("backhaul_calls", "Audit events of calls by action.", ["action", "event"])
SECONDS = Histogram(
    "backhaul_call_seconds",
    "Time from the call to its reply, parked ones to the question.",
    ["action"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
TRACER = trace.get_tracer("backhaul.gate")
OTHER = "unknown"
"""The label of what is not an action here: people can type anything."""


def count(action: str, event: str) -> None:
    """Count one event."""
    CALLS.labels(action, event).inc()


@contextmanager
def measured(action: str, via: str) -> Iterator[None]:
    """Time one call and put a span around it."""
    began = time.perf_counter()
    facts = {"backhaul.action": action, "backhaul.via": via}
    # exceptions carry words of customers: their kind is in the audit, their text stays out of the trace
    with TRACER.start_as_current_span(
        "call", attributes=facts, record_exception=False, set_status_on_exception=False
    ):
        try:
            yield
        finally:
            SECONDS.labels(action).observe(time.perf_counter() - began)
