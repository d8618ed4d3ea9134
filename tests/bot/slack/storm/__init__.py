"""A storm over the whole service: thousands of events, processes killed, Slack at its worst.

`STORM_EVENTS=10000 pytest -m deep tests/bot/slack/test_storm.py -s` runs a long one and prints its figures;
`STORM_PATIENCE` gives a machine that is busy with other things more than Slack's three seconds. The drill
beside it (`DRILL_KILLS=200 pytest -m deep tests/bot/slack/test_drill.py -s`) kills at chosen steps.
`STORM_SEED` and `DRILL_SEED` choose what people do and what goes wrong; who is faster they do not.
"""
