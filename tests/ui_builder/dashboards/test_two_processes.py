"""Two processes serve one company: what a person changed through one of them holds at once in pages of the other, also
in those that read nothing but who asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import cockpit
from dougong_platform.app import create_app
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_platform.settings import Settings
from shelving import Person, Shelving, make_shelving

FLOW = """
---
kind: approval
name: dear_book
object: book
label: {en: Dear books, zh: 贵重图书}
nodes: [{name: head, kind: approve, label: {en: Head, zh: 主管}, by: [{manager: 1}]}]
"""


@pytest.fixture(scope="module")
def shelving(module_database_url: str) -> Iterator[Shelving]:
    """With a flow: every page counts what waits for its reader."""
    made = make_shelving(module_database_url, cockpit.DOCUMENTS + FLOW)
    yield made
    made.database.close()


@pytest.mark.parametrize("path", ["/", "/dashboards/overview", "/dashboards/keepers"])
def test_a_language_chosen_elsewhere_holds_here(
    shelving: Shelving, person: Callable[[str], Person], tmp_path: Path, path: str
) -> None:
    here = person("ann")
    settings = Settings(home=tmp_path, database_url=shelving.database.dsn, secret="test", rate_limit=0)
    there = create_app(settings, shelving.database).test_client()
    session = here.http.get_cookie(SESSION_COOKIE)
    assert session is not None
    there.set_cookie(SESSION_COOKIE, session.value)
    for locale, lang in (("en", "en"), ("zh", "zh-CN"), ("en", "en")):
        here.post("/preferences", locale=locale, next="/")
        assert f'lang="{lang}"' in there.get(path, headers={"Accept": "text/html"}).text
