"""Why the embedded server ended, in words for whoever runs the bot."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.embedded.cluster import Cluster
from bot.embedded.postmaster import Postmaster, StillGoingAwayError

FULL = 'FATAL:  could not write lock file "/x/.s.PGSQL.5432.lock": No space left on device'
BUSY = "FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use"


@pytest.mark.parametrize(
    ("said", "logged", "words"),
    [
        (FULL, "", "is full. What was saved is there still; make space and try again."),
        ("redirecting log output", f"LOG:  hello\n{FULL}", "is full. What was saved"),
        (
            "FATAL:  data directory has wrong ownership",
            FULL,
            "ended while starting: FATAL:  data directory has wrong",
        ),
    ],
)
def test_a_full_disk_is_called_full_only_when_that_is_why(
    tmp_path: Path, said: str, logged: str, words: str
) -> None:
    cluster = Cluster(root=tmp_path)
    (cluster.data / "log").mkdir(parents=True)
    cluster.startup_log.write_text(said)
    (cluster.data / "log" / "a.log").write_text(logged)
    assert words in str(Postmaster(cluster=cluster)._why_it_ended())


def test_what_is_still_going_away_is_waited_for(tmp_path: Path) -> None:
    cluster = Cluster(root=tmp_path)
    cluster.startup_log.write_text(BUSY)
    assert isinstance(Postmaster(cluster=cluster)._why_it_ended(), StillGoingAwayError)
