"""HTTP in and out: signed Slack requests, health and metrics."""
