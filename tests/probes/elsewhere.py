"""Questions that are not asked in the tables beside this: tested by themselves, or of no tenant."""

from __future__ import annotations

ELSEWHERE = {
    "bot.db.store.PluginStore": ("tests/bot/db/test_store.py", "test_nobody_elses_values_are_seen_or_touched"),
    "bot.db.bulk.bulk": ("tests/bot/demo/test_load.py", "test_a_load_is_bound_to_its_tenant"),
    "bot.db.bulk.Bulk": ("tests/bot/demo/test_load.py", "test_a_load_is_bound_to_its_tenant"),
    "bot.db.rates.check_rate": ("tests/bot/db/test_rates.py", "test_a_bucket_gives_so_many_and_then_says_how_long_to_wait"),
    "plugins.connectors.local.queries_effects.do_once": (
        "tests/plugins/connectors/local/test_local.py", "test_one_key_of_two_tenants_is_two_effects",
    ),
    "bot.db.database.Database": ("tests/bot/db/test_database.py", "test_many_tasks_on_few_connections_never_see_each_other"),
    "bot.db.leases.do_hold": ("tests/bot/db/test_leases.py", "test_a_process_moves_only_the_jobs_it_holds"),
    "bot.db.leases.do_renew": ("tests/bot/db/test_leases.py", "test_a_process_moves_only_the_jobs_it_holds"),
    "bot.db.leases.do_beat": ("tests/bot/db/test_leases.py", "test_a_process_moves_only_the_jobs_it_holds"),
    "bot.db.leases.do_finish": ("tests/bot/db/test_leases.py", "test_a_process_moves_only_the_jobs_it_holds"),
    "bot.db.leases.do_retry": ("tests/bot/db/test_leases.py", "test_a_process_moves_only_the_jobs_it_holds"),
    "bot.db.leases.do_bury": ("tests/bot/db/test_leases.py", "test_a_process_moves_only_the_jobs_it_holds"),
    "bot.db.leases.do_discard": ("tests/bot/db/test_leases.py", "test_a_process_moves_only_the_jobs_it_holds"),
}  # fmt: skip
"""Question -> the test, with two tenants, that asks it."""

NO_TENANT = {
    "bot.db.archive": "the file of a backup",
    "bot.db.backup": "whole databases, for the operator, as a role of its own",
    "bot.db.bootstrap": "roles and extensions of the embedded server",
    "bot.db.check": "the catalogue",
    "bot.db.cipher": "no query: AES-GCM under the master key",
    "bot.db.migrate": "revisions",
    "bot.db.outage": "no query: words for failures",
    "bot.db.pool": "no query: connections, before anybody begins on them",
    "bot.db.programs": "PostgreSQL's own programs",
    "bot.db.quick": "no query: how they are executed",
    "bot.db.revisions": "which revisions there are, and which a database is at",
    "bot.db.scratch": "the databases of tests",
    "bot.db.session": "a name",
    "bot.db.urls": "no query: spelling",
    "bot.db.wire": "a connection that runs others' statements: those of leases, and of the workers",
    "bot.db.bulk.analyze": "the planner's statistics",
    "bot.db.demo.loading_alone": "a lock of the whole database",
    "bot.db.schedules.do_claim_beat": "rhythms all processes and tenants share",
    "bot.db.schedules.do_hurry": "a setting of the transaction",
    "bot.db.jobs.find_backlog": "the operator's own: counts by kind for check, /readyz and metrics; no tenant, no payload",
    "bot.db.jobs.do_forget_history": "the log of ended jobs names kinds only",
}
"""Modules and questions in which no tenant occurs, and why."""

SAME_FOR_OWNER = {
    "bot.db.cards.do_hold",
    "bot.db.outbox_next.do_hold",
    "bot.db.outbox_next.do_hold_free",
    "bot.db.plugins.lock_switches",
    "bot.db.settings.lock_renewal",
    "bot.db.tenants.do_create_tenant",
}
"""Questions that say and change nothing for the owner of the things either."""
