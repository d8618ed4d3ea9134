"""What the Slack room counts; no label names a tenant or a person."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

RECEIVED = Counter("backhaul_slack_received_total", "Payloads from Slack by what became of them", ["outcome"])
REJECTED = Counter("backhaul_slack_rejected_total", "HTTP requests the gate refused", ["reason"])
ACK = Histogram(
    "backhaul_slack_ack_seconds",
    "From the payload's arrival to its acknowledgement",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3),
)
ANSWERED = Counter("backhaul_slack_answered_total", "Messages worked, by what became of them", ["outcome"])
LANES = Gauge("backhaul_slack_lanes", "Threads this process works on, or has waiting", ["kind"])
SENT = Counter("backhaul_slack_sent_total", "Letters to Slack by what became of them", ["outcome"])
CALLS = Counter("backhaul_slack_calls_total", "Web API calls", ["method", "outcome"])
SOCKETS = Gauge("backhaul_slack_sockets_connected", "Socket Mode connections that are up")
HEALED = Counter("backhaul_slack_sockets_healed_total", "Times the watchdog had to help a socket", ["how"])
