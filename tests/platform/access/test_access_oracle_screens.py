"""Drawn companies against brute force, on the screens: no page that somebody can open names a record that he may not
see, nor holds a value of a field that he may not read. Names and values are words that stand nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from access_oracle import Oracle
from dougong_platform.app import create_app
from dougong_platform.query.changes import changes_since
from dougong_platform.settings import Settings
from dougong_tenants.tokens import issue
from organisation_fixtures import Asker, Company
from organisation_worlds import OBJECTS, Draw

WORDS = re.compile(r"(?:site|machine|part|visit)\d+x|remark\d+y")
DIGITS = re.compile(r"(?:1380011|1390022|1370033|1360044)\d{4}")


@pytest.fixture(scope="module")
def whole(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The application with its screens."""
    database = company.made.database
    home = tmp_path_factory.mktemp("home")
    return create_app(Settings(home=home, database_url=database.dsn, secret="test", rate_limit=0), database, faces=True)


def known(oracle: Oracle, former: dict[str, set[str]]) -> tuple[set[str], set[str]]:
    """The words and the telephone numbers that somebody may read, former ones (by record) too."""
    words: set[str] = set()
    phones: set[str] = set()
    for object in OBJECTS:
        for row in (*oracle.live(object), *oracle.gone(object)):
            for field in ("name", "notes"):
                if row.get(field) and oracle.readable(object, field):
                    words |= set(WORDS.findall(row[field]))
            if row.get("phone") and oracle.readable(object, "phone"):
                phones |= {row["phone"].removeprefix("+86")} | former.get(row["id"], set())
    return words, phones


def former_phones(company: Company) -> dict[str, set[str]]:
    """By record, the telephone numbers that its history holds."""
    found: dict[str, set[str]] = {}
    for entry in changes_since(company.made.admin, None, None, 1000)["changes"]:
        numbers = {str(value).removeprefix("+86") for value in entry["changes"].get("phone", ())}
        found[entry["id"]] = found.get(entry["id"], set()) | numbers
    return found


def pages(asker: Asker, by: Draw) -> Iterator[str]:
    """Pages and fragments that he may open, and of each object a record that he may not."""
    oracle, world = asker.oracle, asker.oracle.world
    yield from (
        "/",
        "/more",
        "/search?q=common",
        "/search?q=remark",
        "/ui/jump?q=common",
        "/bin",
        "/ui/search?q=common",
    )
    for object in OBJECTS:
        yield from (f"/o/{object}", f"/o/{object}?q=common", f"/o/{object}/new", f"/ui/lookup/{object}?q=common")
        yield from (f"/ui/lookup/{object}", f"/bin?object={object}", f"/api/v1/records/{object}/export")
        seen = oracle.live(object)
        for row in by.chance.sample(seen, min(2, len(seen))):
            here = f"/o/{object}/{row['id']}"
            yield from (here, f"{here}/edit", f"{here}/timeline", f"{here}/related-counts", f"{here}/neighbours")
            yield from (f"{here}/access", f"/o/{object}/new?clone={row['id']}")
        hidden = [row for row in world.rows[object].values() if not oracle.can(object, row, "read")]
        for row in by.chance.sample(hidden, min(1, len(hidden))):
            here = f"/o/{object}/{row['id']}"
            yield from (
                here,
                f"{here}/edit",
                f"{here}/timeline",
                f"{here}/access",
                f"/o/{object}/new?clone={row['id']}",
            )


def test_no_page_names_what_may_not_be_seen(company: Company, whole: Any) -> None:
    made, shown, former = company.made, 0, former_phones(company)
    for asker in company.askers[:2]:
        oracle = asker.oracle
        token = issue(made.database, made.tenant, oracle.me, name="test", scopes=("read", "write")).token
        headers = {"Authorization": f"Bearer {token}", "Accept": "text/html", "Accept-Language": "en"}
        browser = whole.test_client()
        words, phones = known(oracle, former)
        for path in pages(asker, Draw(made.world.seed)):
            answer = browser.get(path, headers=headers)
            text = answer.get_data().decode("utf-8", "replace")
            assert answer.status_code < 500, (str(asker), path, text[:1000])
            told = set(WORDS.findall(text))
            assert told <= words, f"{asker}: {path} tells {told - words}"
            numbers = set(DIGITS.findall(re.sub(r"(?<=\d)[\s-]+(?=\d)", "", text)))
            assert numbers <= phones, f"{asker}: {path} tells {numbers - phones}"
            shown += len(told)
    assert shown > 20
