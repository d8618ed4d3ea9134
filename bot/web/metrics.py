"""What the web room counts."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

REQUESTS = Counter("backhaul_http_requests_total", "Requests by method and status", ["method", "status"])
SECONDS = Histogram("backhaul_http_seconds", "Time to answer a request")
