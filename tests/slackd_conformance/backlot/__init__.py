"""One conversation held with PyPI `backlot` and with the emulated Slack: the answers must agree.

`backlot` 0.1.0 (Apache-2.0) repeats answers its authors measured against slack.com. It is no dependency:
its answers are recorded in `golden.json` by `record.py`.
"""
