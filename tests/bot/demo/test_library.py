"""The documents say what the world does."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.demo.library import find_documents
from bot.demo.world.isp import (
    FIRST_RESPONSE_HOURS,
    GRACE_DAYS,
    MARGINAL_DBM,
    RESOLVE_HOURS,
    SUSPEND_AFTER_DAYS,
    SUSPEND_BUSINESS_AFTER_DAYS,
    WEAK_DBM,
)
from bot.demo.world.places import SAVANNA
from bot.demo.world.staff import SAVANNA_STAFF

PAGES = find_documents()
BY_SLUG = {page.slug: page.text for page in PAGES}


def test_there_are_about_twenty() -> None:
    assert len(PAGES) >= 20
    assert len({page.title for page in PAGES}) == len(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_each_is_long_enough_owned_and_reviewed(page) -> None:
    assert 200 <= len(page.text.split()) <= 600
    assert page.owner in {colleague.email(SAVANNA) for colleague in SAVANNA_STAFF if not colleague.left}
    assert date(2026, 1, 1) < page.reviewed < date(2026, 11, 22)
    assert page.permission in {"knowledge:read", "admin:read"} and all(page.tags)
    assert page.text.startswith(f"# {page.title}")


def test_a_head_without_owner_is_named(tmp_path) -> None:
    (tmp_path / "odd.md").write_text("---\ntitle: Odd\n---\ntext")
    with pytest.raises(ValueError, match=r"odd\.md says nothing about its owner"):
        find_documents(tmp_path)


@pytest.mark.parametrize("plan", [p for p in SAVANNA.plans if p.weight], ids=lambda p: p.code)
def test_prices_and_speeds(plan) -> None:
    line = next(row for row in BY_SLUG["plans-and-prices"].splitlines() if row.startswith(f"| {plan.code} |"))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells == [
        plan.code,
        plan.name,
        f"{plan.down_mbps} / {plan.up_mbps}",
        f"{plan.price_minor // 100:,}",
    ]


@pytest.mark.parametrize("priority", FIRST_RESPONSE_HOURS)
def test_service_levels(priority) -> None:
    line = next(row for row in BY_SLUG["sla-policy"].splitlines() if row.startswith(f"| {priority} |"))
    first, solved = [cell.strip() for cell in line.strip("|").split("|")][1:3]
    assert hours(first) == FIRST_RESPONSE_HOURS[priority]
    assert hours(solved) == RESOLVE_HOURS[priority]


def hours(words: str) -> float:
    number, unit = re.fullmatch(r"(\d+) (minutes|hours|days)", words).groups()
    return int(number) * {"minutes": 1 / 60, "hours": 1, "days": 24}[unit]


def test_dunning_days() -> None:
    text = BY_SLUG["dunning-policy"]
    assert f"due **{GRACE_DAYS} days** later" in text
    assert f"| {GRACE_DAYS + SUSPEND_AFTER_DAYS} | **suspension** of home services" in text
    assert f"| {GRACE_DAYS + SUSPEND_BUSINESS_AFTER_DAYS} | suspension of business services" in text


def test_optical_limits() -> None:
    text = BY_SLUG["optical-levels"]
    assert f"below {WEAK_DBM:.0f} dBm" in text and f"{MARGINAL_DBM:.0f} to {WEAK_DBM:.0f} dBm" in text
