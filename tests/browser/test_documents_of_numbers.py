"""Reports and dashboards in the builder's forms in a real browser: a type shows its inputs, nothing sticks out, axe
finds nothing, in both languages and widths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import save_picture, violations
from dougong_metadata.documents import read_documents
from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.releases import draft as drafts
from dougong_platform.settings import Settings
from reading import Reading
from support.reported import text_of_all

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PAGES = ("/builder/reports", "/builder/reports/by_trade/form", "/builder/dashboards", "/builder/dashboards/overview")


@pytest.fixture(scope="module")
def address(reading: Reading, serve: Callable[[Any], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=reading.database.dsn, secret="test", rate_limit=0)
    app: Engine = create_app(settings, reading.database)
    drafts.put(reading.database, reading.tenant, read_documents(text_of_all()), by=reading.ann)
    yield serve(app)
    drafts.discard(reading.database, reading.tenant)


def test_a_widgets_type_shows_its_inputs_as_soon_as_it_is_chosen(address: str, enter: Open, reading: Reading) -> None:
    page = enter("/builder/dashboards/overview")
    page.get_by_role("button", name="Add to Widgets").click()
    kind = page.locator('select[name="b/widgets/12/v/type"]')
    kind.select_option("leaderboard")
    expect(page.locator('input[name="b/widgets/12/v/limit"]')).to_be_visible()
    page.locator('input[name="b/widgets/12/@"]').fill("more")
    page.locator('select[name="b/widgets/12/v/report"]').select_option("by_trade")
    for cell, number in enumerate((0, 40, 4, 5)):
        page.locator(f'input[name="b/widgets/12/v/at/{cell}"]').fill(str(number))
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_text("Saved in the draft")).to_be_visible()
    found = drafts.get(reading.database, reading.tenant, "dashboard", "overview")[0]
    assert found.json()["widgets"]["more"] == {"type": "leaderboard", "at": [0, 40, 4, 5], "report": "by_trade"}


@pytest.mark.parametrize("locale", ["en", "zh"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_fit_and_are_accessible(width: int, locale: str, address: str, enter: Open) -> None:
    page = enter(PAGES[0], width=width, locale=locale)
    for path in PAGES:
        page.goto(address + path)
        assert violations(page) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
        save_picture(page, f"numbers-{path.strip('/').replace('/', '-')}-{width}-{locale}")
