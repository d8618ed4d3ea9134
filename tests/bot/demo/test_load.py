"""Loading both providers: once, whole, apart from each other, and true to the truth file."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from bot.contract.plugin import PluginInfo
from bot.core.identity import get_user
from bot.db import users
from bot.db.bulk import bulk
from bot.db.tenants import get_tenant
from bot.demo import PERSONAS, SUGGESTIONS, get_truth, load_demo
from bot.demo.load import PLUGINS, Wish, load_world
from bot.demo.truth import Truth
from bot.demo.world.places import SAVANNA
from bot.demo.world.staff import SAVANNA_STAFF
from bot.errors import Conflict, NoTenant
from bot.host.registry import Registry
from tests.bot.demo.conftest import NOW, around_with

NOTHING = Registry({}, ())


async def tenant_of(database, slug):
    async with database.system() as session:
        return await get_tenant(session, slug)


async def ask(database, slug, sql, **binds):
    """Return the first column of a query, sorted, in a tenant."""
    tenant = await tenant_of(database, slug)
    async with database.tenant(tenant.id) as session:
        return sorted(row[0] for row in await session.execute(text(sql), binds))


async def count(database, slug, table):
    return (await ask(database, slug, f"select count(*) from {table}"))[0]


class TestOnce:
    async def test_loads_all_and_says_so(self, database, loaded):
        assert await get_truth(database) is not None
        for truth in (loaded, *loaded.others.values()):
            for table in [name for name in truth.counts if name.startswith("isp_")]:
                assert await count(database, truth.tenant, table) == truth.counts[table], table

    async def test_an_empty_database_is_not_ready(self, database):
        assert await get_truth(database) is None

    async def test_the_second_load_changes_nothing_and_gives_the_same_truth(self, database, loaded):
        steps: list[str] = []
        again = await load_demo(
            database,
            around_with(database),
            size=300,
            seed=5,
            now=NOW + timedelta(days=1),
            progress=steps.append,
        )
        assert again.as_json() == loaded.as_json() == (await get_truth(database)).as_json()
        assert await count(database, "savanna", "isp_customers") == 300
        assert await count(database, "savanna", "users") == len(SAVANNA_STAFF)
        assert not any(step.startswith("Loading") for step in steps)

    async def test_a_world_whose_clock_stopped_is_drawn_anew_when_asked(self, database, loaded):
        week, later = timedelta(days=7), NOW + timedelta(days=8)
        same = await load_demo(
            database, around_with(database), size=300, seed=5, now=NOW + week, stale_after=week
        )
        assert same.anchor == loaded.anchor
        fresh = await load_demo(
            database, around_with(database), size=300, seed=5, now=later, stale_after=week
        )
        assert datetime.fromisoformat(fresh.anchor) == later
        assert await count(database, "savanna", "isp_customers") == 300
        newest = await ask(database, "savanna", "select max(started_at) from isp_outages")
        assert later - newest[0] < timedelta(hours=3)

    async def test_another_size_is_refused_unless_replacing_is_asked_for(self, database, loaded):
        with pytest.raises(Conflict, match="replaces all of it"):
            await load_demo(database, around_with(database), size=310, seed=5, now=NOW)
        assert await count(database, "savanna", "isp_customers") == 300
        fresh = await load_demo(
            database, around_with(database), size=310, seed=5, now=NOW, replace_other=True
        )
        assert fresh.size == 310
        assert await count(database, "savanna", "isp_customers") == 310
        assert await count(database, "lakeside", "isp_customers") == 300

    async def test_two_at_once_load_it_once(self, database):
        both = await asyncio.gather(
            *(load_demo(database, around_with(database), size=200, seed=5, now=NOW) for _ in range(2))
        )
        assert both[0].as_json() == both[1].as_json()
        assert await count(database, "savanna", "isp_customers") == both[0].counts["isp_customers"]

    async def test_a_tenant_with_data_of_its_own_is_left_alone(self, database):
        await load_demo(database, around_with(database), size=200, seed=5, now=NOW)
        tenant = await tenant_of(database, "savanna")
        async with database.tenant(tenant.id) as session:
            await session.execute(text("delete from isp_effects"))
        with pytest.raises(Conflict):
            await load_demo(database, around_with(database), size=200, seed=5, now=NOW)

    async def test_a_failed_load_leaves_nothing(self, database, tenant):
        def stumble(step):
            if "customers" in step:
                raise RuntimeError("lights out")

        with pytest.raises(RuntimeError, match="lights out"):
            await load_world(database, tenant, Wish(isp=SAVANNA, size=200, seed=1, now=NOW), stumble)
        assert await count(database, "acme", "isp_sites") == 0
        await load_world(database, tenant, Wish(isp=SAVANNA, size=200, seed=1, now=NOW))
        assert await count(database, "acme", "isp_customers") == 200

    async def test_whoever_comes_second_is_told(self, database, loaded):
        tenant = await tenant_of(database, "savanna")
        with pytest.raises(Conflict, match="meanwhile"):
            await load_world(database, tenant, Wish(isp=SAVANNA, size=300, seed=5, now=NOW))

    async def test_truth_file_reads_back(self, database, tmp_path):
        path = tmp_path / "deep" / "truth.json"
        truth = await load_demo(database, around_with(database), size=200, seed=5, now=NOW, truth_path=path)
        assert Truth.from_json(json.loads(path.read_text())).as_json() == truth.as_json()


class TestTruth:
    async def test_outage(self, shared, truth):
        outage = truth.planted["outage"]
        (number,) = await ask(shared, "savanna", "select number from isp_outages where status = 'active'")
        assert number == outage["number"]
        dark = await ask(
            shared,
            "savanna",
            "select distinct c.number from isp_onts o join isp_services s on s.id = o.service_id "
            "join isp_customers c on c.id = s.customer_id join isp_ports p on p.id = o.port_id "
            "where o.status = 'los' and p.device = :olt and p.name = any(:ports)",
            olt=outage["olt"],
            ports=outage["ports"],
        )
        assert dark == sorted(outage["customers"]) and len(dark) > 5
        served = await ask(
            shared,
            "savanna",
            "select distinct c.number from isp_customers c join isp_services s on s.customer_id = c.id "
            "where c.number = any(:dark) and s.status = 'active'",
            dark=dark,
        )
        assert sorted(served) == sorted(outage["without_service"])
        lost = await ask(
            shared,
            "savanna",
            "select count(*) from isp_sessions where terminate_cause = 'Lost-Carrier' "
            "and ended_at between cast(:since as timestamptz) and cast(:since as timestamptz) + interval '2 minutes'",
            since=datetime.fromisoformat(outage["since"]),
        )
        assert lost == [outage["lines"]]
        calls = await ask(
            shared,
            "savanna",
            "select t.number from isp_tickets t join isp_customers c on c.id = t.customer_id "
            "where c.number = any(:hit) and t.category = 'no_service' and t.opened_at > :since",
            hit=outage["customers"],
            since=datetime.fromisoformat(outage["since"]),
        )
        assert calls == sorted(outage["tickets"]) and len(calls) >= 3

    async def test_power_cut(self, shared, truth):
        cut = truth.planted["power_cut"]
        gasped = await ask(
            shared,
            "savanna",
            "select c.number from isp_onts o join isp_services s on s.id = o.service_id "
            "join isp_customers c on c.id = s.customer_id join isp_ports p on p.id = o.port_id "
            "where o.status = 'dying_gasp' and p.device || ' ' || p.name = any(:ports)",
            ports=cut["ports"],
        )
        assert sorted(set(gasped)) == sorted(cut["customers"]) and gasped

    async def test_payment_drop(self, shared, truth):
        drop = truth.planted["payment_drop"]
        binds = {"provider": drop["provider"], "since": datetime.fromisoformat(drop["since"])}
        where = "from isp_payments where provider = :provider and at >= :since"
        failed = f"select count(*) {where} and status = 'failed' and failure = 'provider_timeout'"
        assert await ask(shared, "savanna", failed, **binds) == [drop["failed_recorded"]]
        paid = f"select count(*) {where} and status = 'succeeded' and amount_minor > 0"
        assert (await ask(shared, "savanna", paid, **binds))[0] >= drop["succeeded"]
        assert drop["expected"] >= drop["succeeded"] + drop["failed_recorded"]

    async def test_degrading_pon(self, shared, truth):
        pon = truth.planted["degrading_pon"]
        values = (
            "select value from isp_measurements where subject = :subject and metric = 'rx_dbm' order by at"
        )
        tenant = await tenant_of(shared, "savanna")
        async with shared.tenant(tenant.id) as session:
            series = [row[0] for row in await session.execute(text(values), {"subject": pon["subject"]})]
        assert len(series) == 60
        assert series[-1] - series[-pon["days"] - 1] == pytest.approx(pon["lost_db"], abs=0.6)

    async def test_churn_pattern(self, shared, truth):
        churn = truth.planted["churn"]
        faults = await ask(
            shared,
            "savanna",
            "select c.number from isp_customers c join isp_tickets t on t.customer_id = c.id "
            "where t.category in ('no_service', 'slow') and c.number = any(:risk) "
            "and t.opened_at > coalesce(c.churned_on, :today) - 62 group by c.number having count(*) >= 3",
            risk=churn["at_risk_now"] + churn["left_with_pattern"],
            today=NOW.date(),
        )
        assert faults == sorted(churn["at_risk_now"] + churn["left_with_pattern"])

    async def test_the_small_oddities(self, shared, truth):
        planted = truth.planted
        orphans = "select number from isp_tickets where assignee = :who and status = 'pending'"
        assert await ask(shared, "savanna", orphans, who=planted["orphaned_tickets"]["assignee"]) == sorted(
            planted["orphaned_tickets"]["tickets"]
        )
        leaks = (
            "select c.number from isp_customers c join isp_services s on s.customer_id = c.id "
            "join isp_sessions n on n.service_id = s.id where s.status = 'suspended' and n.ended_at is null"
        )
        assert await ask(shared, "savanna", leaks) == sorted(planted["suspended_but_online"]["customers"])
        given_away = planted["generous_credits"]
        given = "select c.number from isp_credit_notes n join isp_customers c on c.id = n.customer_id where n.by = :by"
        assert (
            await ask(shared, "savanna", given, by=given_away["by"])
            == [given_away["customer"]] * given_away["count"]
        )
        flaps = (
            "select count(*) from isp_sessions n join isp_services s on s.id = n.service_id "
            "join isp_customers c on c.id = s.customer_id where c.number = :who and n.terminate_cause = 'Port-Error'"
        )
        assert await ask(shared, "savanna", flaps, who=planted["flapping_line"]["customer"]) == [
            planted["flapping_line"]["sessions"]
        ]

    async def test_counts(self, shared, truth):
        for sql, name in (
            ("select count(*) from isp_sessions where ended_at is null", "sessions_live"),
            ("select count(*) from isp_tickets where status not in ('resolved', 'closed')", "tickets_open"),
            ("select count(*) from isp_onts where rx_dbm < -27 and serial ~ '^(HWTC|ZTEG)'", "onts_weak"),
            ("select count(*) from isp_customers where status = 'suspended'", "customers_suspended"),
        ):
            assert await ask(shared, "savanna", sql) == [truth.counts[name]], name


class TestPeople:
    async def test_personas_hold_their_role(self, shared, truth):
        tenant = await tenant_of(shared, "savanna")
        for role, email in PERSONAS.items():
            async with shared.tenant(tenant.id) as session:
                person = await users.get_person_by_email(session, email)
            assert person and person.active, role
            assert role in (await get_user(shared, NOTHING, tenant, person.id)).roles
        assert set(SUGGESTIONS) == set(PERSONAS) and all(SUGGESTIONS.values())

    async def test_reach_ends_where_the_grant_ends(self, database, loaded):
        plugin = PluginInfo(
            name="customers",
            about="Customers.",
            permissions={"customers:read": "see"},
            roles={"support": frozenset({"customers:read"}), "field": frozenset({"customers:read"})},
        )
        registry = Registry({"customers": plugin}, ())
        await load_demo(database, around_with(database, [plugin]), size=300, seed=5, now=NOW)
        tenant = await tenant_of(database, "savanna")
        reach = {}
        for local in ("sam.ochieng", "noor.abdi", "fay.mwende", "paul.gitau", "kevin.oloo"):
            async with database.tenant(tenant.id) as session:
                person = await users.get_person_by_email(session, f"{local}@savanna-fibre.example")
            assert person
            if not person.active:
                reach[local] = "left"
                continue
            scope = (await get_user(database, registry, tenant, person.id)).scope("customers:read")
            (area,) = scope.areas
            reach[local] = sorted(area.region or area.site or ["everywhere"])
        assert reach == {
            "sam.ochieng": ["everywhere"],
            "noor.abdi": ["north"],
            "fay.mwende": ["coast"],
            "paul.gitau": ["CTR-01"],
            "kevin.oloo": "left",
        }

    async def test_each_turns_on_its_own_plugins(self, database):
        names = {name for plugins in PLUGINS.values() for name in plugins}
        there = [PluginInfo(name=name, about="It.") for name in names]
        await load_demo(database, around_with(database, there), size=200, seed=5, now=NOW)
        on = "select plugin from tenant_plugins where enabled"
        assert "billing" in await ask(database, "savanna", on)
        assert await ask(database, "lakeside", on) == sorted(PLUGINS["lakeside"])


class TestApart:
    async def test_neither_sees_the_other(self, shared, truth):
        names = "select name from isp_customers where number = '100234'"
        assert await ask(shared, "savanna", names) == ["Amina Bello"]
        assert await ask(shared, "lakeside", names) == ["Sarah Namukasa"]
        assert await count(shared, "lakeside", "isp_invoices") == 0
        assert await ask(shared, "lakeside", "select distinct region from isp_sites") == ["islands", "lake"]

    async def test_bound_to_nobody_sees_no_row(self, shared, truth):
        async with shared.system() as session:
            for table in truth.counts:
                if table.startswith("isp_"):
                    assert (await session.execute(text(f"select count(*) from {table}"))).scalar_one() == 0

    async def test_a_load_is_bound_to_its_tenant(self, database, tenant, other_tenant):
        async with bulk(database, tenant.id) as into:
            await into.add("isp_sites", ("code", "name", "region", "kind"), [("A-1", "A", "north", "pop")])
            with pytest.raises(Exception, match="row-level security"):
                await into.connection.execute(
                    "insert into isp_sites (tenant_id, code, name, region, kind) values ($1, 'B', 'B', 'b', 'pop')",
                    other_tenant.id,
                )
            raised = into.connection.is_in_transaction()
        assert raised

    async def test_no_tenant_no_load(self, database):
        for wrong in ("", "acme", None):
            with pytest.raises(NoTenant):
                async with bulk(database, wrong):
                    pass
