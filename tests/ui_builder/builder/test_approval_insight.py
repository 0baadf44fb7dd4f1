"""A flow's pages about the past: the try-out, statistics, versions. Without JavaScript, and in a browser."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from werkzeug.test import TestResponse

from approving import Approving
from browsing import violations
from dougong_metadata.documents import Document
from dougong_metadata.model.compile import compile_model
from dougong_platform.app import create_app
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.http.engine import Engine
from dougong_platform.releases import draft as drafts
from dougong_platform.releases.publish import publish
from dougong_platform.settings import Settings
from reading import PASSWORD

FLOW = "/builder/approvals/by_amount"
ORIGIN = "http://localhost"
Body = dict[str, Any]


@pytest.fixture(scope="module")
def app(approving: Approving, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=approving.database.dsn, secret="test", rate_limit=0)
    return create_app(settings, approving.database)


@pytest.fixture(scope="module")
def ann(app: Engine) -> FlaskClient:
    return signed_in(app, "ann")


@pytest.fixture
def raised(approving: Approving) -> Iterator[None]:
    """A draft in which 30,000 is still small."""
    made = body(approving)
    made["nodes"][1]["branches"][0]["if"] = "total <= 30000"
    drafts.put(approving.database, approving.tenant, [Document.of(made)], by=approving.people["ann"])
    yield
    drafts.discard(approving.database, approving.tenant)


def signed_in(app: Engine, who: str) -> FlaskClient:
    http = app.test_client()
    email = f"{who}@approving.test"
    http.post("/sign-in", data={"email": email, "password": PASSWORD}, headers={"Origin": ORIGIN})
    return http


def body(company: Approving) -> Body:
    found: Body = company.admin.model.documents["approval", "by_amount"].json()
    return found


def sent(company: Approving, total: str, title: str = "Paper") -> str:
    id = company.purchase("dan", title, total=total)
    (answer,) = submit(company.caller("dan"), "by_amount", "purchase", [id])
    assert answer.approval is not None, answer.problem
    return answer.approval


def get(http: FlaskClient, path: str, locale: str = "en") -> TestResponse:
    http.set_cookie("dg_locale", locale)
    return http.get(path, headers={"Accept": "text/html"})


def words(answer: TestResponse) -> str:
    """What a page says, without its tags."""
    assert answer.status_code == 200, answer.text[:600]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text.partition('id="body"')[2]))


def period(company: Approving) -> str:
    today = dt.datetime.now(ZoneInfo(company.tenant.timezone)).date()
    return f"since={today - dt.timedelta(days=1)}&until={today}"


def test_nothing_is_worked_out_before_a_period_is_chosen(ann: FlaskClient) -> None:
    assert "See where it would have gone" in words(get(ann, f"{FLOW}/try-out"))


def test_the_draft_is_tried_on_what_was_submitted(approving: Approving, ann: FlaskClient, raised: None) -> None:
    one = sent(approving, "20000", "Twenty thousand")
    decide(approving.caller("bea"), one, "approve")
    sent(approving, "60", "Sixty")
    said = words(get(ann, f"{FLOW}/try-out?{period(approving)}"))
    assert re.search(r"1 of \d+ would have gone another way", said)
    assert "Twenty thousand" in said
    assert "By amount: Up to 5000" in said
    only = words(get(ann, f"{FLOW}/try-out?{period(approving)}&change=way"))
    assert "Twenty thousand" in only
    assert "Sixty" not in only
    at_node = words(get(ann, f"{FLOW}/try-out?{period(approving)}&node=by_size&branch=middle"))
    assert "Twenty thousand" in at_node
    assert "Sixty" not in at_node
    current = words(get(ann, f"{FLOW}/try-out?{period(approving)}&what=current"))
    assert re.search(r"0 of \d+ would have gone another way", current)
    saved = words(get(ann, f"{FLOW}/try-out?{period(approving)}&over=saved"))
    assert re.search(r"\d records By node", saved)


def test_the_numbers_stand_on_the_edges_of_the_flow(approving: Approving, ann: FlaskClient, raised: None) -> None:
    sent(approving, "25000")
    assert re.search(r"dg-flow-share\">\d+ of \d+<", get(ann, f"{FLOW}?{period(approving)}").text)
    assert "dg-flow-share" not in get(ann, FLOW).text


def test_a_draft_that_is_wrong_says_so(approving: Approving, ann: FlaskClient) -> None:
    made = body(approving) | {"entry": "nothing > 1"}
    drafts.put(approving.database, approving.tenant, [Document.of(made)], by=approving.people["ann"])
    try:
        assert "It can be tried once it is right" in words(get(ann, f"{FLOW}/try-out?{period(approving)}"))
    finally:
        drafts.discard(approving.database, approving.tenant)


def test_statistics_lead_to_the_approvals_behind_them(approving: Approving, ann: FlaskClient) -> None:
    one = sent(approving, "70", "Seventy")
    decide(approving.caller("bea"), one, "reject", comment="No.")
    page = get(ann, f"{FLOW}/statistics?{period(approving)}")
    assert "of those approved or rejected" in words(page)
    links = re.findall(r'href="([^"]*/statistics/list\?[^"]*)"', page.text)
    assert links
    for link in links:
        assert get(ann, link.replace("&amp;", "&")).status_code == 200
    rejected = next(link for link in links if "figure=rejected" in link).replace("&amp;", "&")
    assert "Seventy" in words(get(ann, rejected))
    assert get(ann, f"{FLOW}/statistics/list?figure=nothing").status_code == 404
    assert "two years" in words(get(ann, f"{FLOW}/statistics?since=2020-01-01"))


def test_whoever_reads_all_records_sees_statistics_and_nothing_of_the_builder(
    approving: Approving, app: Engine
) -> None:
    sent(approving, "80")
    cat, dan = signed_in(app, "cat"), signed_in(app, "dan")
    page = get(cat, f"{FLOW}/statistics")
    assert "Running now" in words(page)
    assert 'class="dg-app dg-builder"' not in page.text
    for path in ("try-out", "versions"):
        assert get(cat, f"{FLOW}/{path}").status_code == 403
    for path in ("statistics", "statistics/list?figure=running", "try-out", "versions"):
        assert get(dan, f"{FLOW}/{path}").status_code == 403


def test_what_fits_is_moved_to_the_version_in_force(approving: Approving, ann: FlaskClient) -> None:
    one = sent(approving, "90", "Ninety")
    documents = dict(approving.admin.model.documents)
    documents["approval", "by_amount"] = Document.of(body(approving) | {"description": "Another one"})
    publish(approving.database, approving.tenant, model=compile_model(list(documents.values())))
    page = get(ann, f"{FLOW}/versions")
    assert "can be moved" in words(page)
    token = re.search(r'name="dg-csrf" content="([^"]*)"', page.text)
    assert token is not None
    values = {"csrf_token": token.group(1), "ids": one}
    moved = ann.post(f"{FLOW}/versions", data=values, headers={"Origin": ORIGIN, "Accept": "text/html"})
    assert moved.status_code == 303
    assert approving.rows("select version from _approval where id = %s::uuid", [one]) == [(2,)]
    everything = {"csrf_token": token.group(1), "all": "1"}
    ann.post(f"{FLOW}/versions", data=everything, headers={"Origin": ORIGIN, "Accept": "text/html"})
    running = approving.rows("select distinct version from _approval where state = 'running' and flow = 'by_amount'")
    assert running == [(2,)]
    assert "can be moved" not in words(get(ann, f"{FLOW}/versions"))


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_are_read_by_everybody(
    approving: Approving, app: Engine, serve: Callable[[Any], str], open_page: Callable[..., Page], width: int
) -> None:
    sent(approving, "20000")
    address = serve(app)
    page = open_page(f"{address}/sign-in", width=width)
    page.fill("input[name=email]", "ann@approving.test")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"{address}/")
    for path in (f"try-out?{period(approving)}", f"statistics?{period(approving)}", "versions"):
        page.goto(f"{address}{FLOW}/{path}")
        assert violations(page) == [], path
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
