"""What is counted about jobs, by kind; tenants only appear in logs."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

ENDED = Counter(
    "backhaul_jobs",
    "Runs of jobs by how they ended: finished, retried, later, released, lost or dead",
    ["kind", "ending"],
)
TOOK = Histogram("backhaul_job_seconds", "How long runs took", ["kind"])
WAITED = Histogram("backhaul_job_wait_seconds", "How long after its time a job was started", ["kind"])
LATE = Histogram(
    "backhaul_slot_late_seconds", "How long after its time a schedule's slot was taken", ["kind"]
)
SCHEDULES = Gauge("backhaul_schedules", "Schedules this process watches")
