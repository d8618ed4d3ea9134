"""Every question the bot can ask its database, asked by one tenant about another's things.

A query module in `bot/db`, `kb` or a connector has an entry for each of its functions in one of the tables here
(`ASKS`), or a test named in `ELSEWHERE`, or a reason in `NO_TENANT`; `tests/test_probes.py` fails otherwise.
"""
