"""Schedules and the durable queue."""
