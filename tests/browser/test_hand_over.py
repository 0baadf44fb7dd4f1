"""Somebody leaves: his records are handed over in a real browser, with live counts, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import save_picture, settled, violations
from dougong_platform import records
from dougong_platform.hand_overs import Plan, start
from dougong_platform.hand_overs.run import work
from dougong_platform.http.engine import Engine
from dougong_tenants.people import create_department, create_team, create_user, set_members, update_user
from shelving import Shelving

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(serve: Callable[[Any], str], screens: Engine) -> str:
    return serve(screens)


@pytest.fixture(scope="module")
def leaving(shelving: Shelving) -> str:
    """王蕾 owns books and shelves, manages Cat, heads a department, is in a team."""
    made = create_user(shelving.database, shelving.tenant, {"name": "王蕾", "email": "lei@library.test"}).id
    rows = [
        {"title": f"书 {n}", "owner": made, "price": str(n), "state": ("open", "late", "done")[n % 3]}
        for n in range(312)
    ]
    ids = [str(one.id) for one in records.create(shelving.admin, "book", rows).records]
    records.create(shelving.admin, "shelf", [{"name": f"架 {n}", "owner": made} for n in range(7)])
    records.delete(shelving.admin, "book", ids[:3])
    update_user(shelving.database, shelving.tenant, shelving.cat, {"manager": made})
    create_department(shelving.database, shelving.tenant, {"name": "华东一部", "head": made})
    set_members(
        shelving.database, shelving.tenant, create_team(shelving.database, shelving.tenant, "医疗专家"), {made: None}
    )
    return made


@pytest.mark.parametrize(
    ("width", "locale", "theme"),
    [(1280, "zh", "light"), (1280, "en", "dark"), (390, "zh", "dark"), (390, "en", "light")],
)
def test_every_step_is_accessible_and_fits(
    address: str, enter: Open, shelving: Shelving, leaving: str, width: int, locale: str, theme: str
) -> None:
    page = enter(f"/builder/people/{leaving}?ask=deactivate", width=width, locale=locale, theme=theme)

    def seen(name: str) -> None:
        settled(page)
        save_picture(page, f"hand-over-{name}-{width}-{locale}-{theme}")
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    seen("0-deactivate")
    page.goto(f"{address}/builder/people/{leaving}/hand-over")
    seen("1-choose")
    page.locator("#which-book").select_option("filter")
    page.locator("#filter-book").fill("price >= 100")
    expect(page.locator("#going-book")).to_contain_text("212")
    page.locator("#filter-book").fill("prise >= 100")
    expect(page.locator("#problem-book")).to_contain_text("price")
    seen("2-wrong")
    page.locator("#filter-book").fill("price >= 100")
    expect(page.locator("#problem-book")).to_be_empty()
    for number, name in enumerate(("Bob", "Ann")):
        if number:
            page.locator("button[value=more]").click()
        page.locator(f"#f-receiver-{number}").fill(name)
        page.locator("dg-lookup [role=option]", has_text=name).first.click()
    expect(page.locator("#filter-book")).to_have_value("price >= 100")
    page.locator("button[value=preview]").click()
    expect(page.locator(".dg-hand-said").first).to_contain_text("212")
    seen("3-preview")
    page.locator("button[value=start]").click()
    page.wait_for_url("**/hand-overs/*")
    expect(page.locator(".dg-number").first).to_have_text("219")
    seen("4-result")
    with shelving.database.transaction(shelving.tenant) as tx:
        (book,) = tx.rows("select id from book where owner <> %s and title like '书%%' limit 1", [leaving])[0]
    records.update(shelving.admin, "book", [{"id": book, "owner": shelving.cat}])
    page.locator("[data-opens=undo-hand-over]").click()
    expect(page.locator("#undo-hand-over")).to_be_visible()
    seen("5-undo")
    page.locator("#undo-hand-over button[type=submit]").click()
    expect(page.locator(".dg-hand-left")).to_contain_text("书")
    seen("6-undone")
    records.update(shelving.admin, "book", [{"id": book, "owner": leaving}])
    page.goto(f"{address}/builder/people/hand-overs")
    seen("7-list")


def test_a_long_one_shows_its_progress(enter: Open, shelving: Shelving) -> None:
    made = create_user(shelving.database, shelving.tenant, {"name": "Long", "email": "long@library.test"}).id
    records.create(shelving.admin, "book", [{"title": f"L{n}", "owner": made} for n in range(600)])
    job = start(shelving.admin, Plan(made, (shelving.bob,)))
    page = enter(f"/builder/people/hand-overs/{job.id}")
    expect(page.locator("[role=progressbar]")).to_be_visible()
    save_picture(page, "hand-over-progress")
    assert violations(page) == []
    work(shelving.database, shelving.tenant, job.id)
    expect(page.locator(".dg-number").first).to_have_text("600")
