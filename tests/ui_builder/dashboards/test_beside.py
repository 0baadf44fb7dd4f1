"""A number beside the average and the best, as its card says it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from beside_company import NAMES, make_company
from dougong_platform.app import create_app
from dougong_platform.settings import Settings
from shelving import Person


@pytest.fixture(scope="module")
def bob(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    made = make_company(module_database_url).made
    home: Path = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=made.database.dsn, secret="test", rate_limit=0)
    yield Person(create_app(settings, made.database).test_client(), "bob")
    made.database.close()


def test_the_card_says_average_and_best_and_of_how_many_and_leads_to_nobody(bob: Person) -> None:
    shown = bob.get("/dashboards/beside/widgets/worth", island=True).text
    assert "Average ¥" in shown
    assert "best ¥" in shown
    assert "Of 6 people in the company" in shown
    assert not any(name in shown for name in NAMES)
    assert shown.count("/o/book?") == 1, "one's own records alone"


def test_it_says_why_there_is_no_average(bob: Person) -> None:
    assert "fewer than 3 people have a number" in bob.get("/dashboards/beside/widgets/few", island=True).text
    assert (
        "choose one instead of single days"
        in bob.get("/dashboards/beside/widgets/worth?period=2026-01-01..2026-01-31", island=True).text
    )
    assert "has left" in bob.get("/dashboards/away/widgets/worth", island=True).text
