"""Submitting for approval without scripts: from the record's page, at a stage's gate, by deleting, several at once."""

from __future__ import annotations

import re
from collections.abc import Callable

from approval_pages import Visitor, sent_in, text, words
from approving import Approving
from dougong_platform import records
from dougong_platform.approvals.reading.progress import progress
from dougong_platform.query import get

Get = Callable[..., Visitor]


def test_submitting_shows_the_way_ahead_and_asks_whom_to_name(company: Approving, visitor: Get) -> None:
    record = company.purchase("dan", "Desk", total="700")
    dan, at = visitor("dan"), f"/o/purchase/{record}/submit"
    assert f'href="{at}"' in dan.get(f"/o/purchase/{record}").text
    page = words(dan.get(f"{at}?flow=limited"))
    assert page.index("Dan submits it") < page.index("Bea") < page.index("Cat") < page.index("Copy: Store")
    assert "8 hours, then it goes to" in page
    page = dan.get(f"{at}?flow=chosen").text
    assert re.findall(r'<option value="[^"]+">(Bea|Cat)</option>', page) == ["Bea", "Cat"]
    refused = dan.post(at, flow="chosen")
    assert refused.status_code == 422
    assert "Choose who approves at “Reader”" in words(refused)
    sent = dan.post(at, **{"flow": "chosen", "choice.reader": company.people["cat"], "note": "Please"})
    assert sent.headers["Location"] == f"/o/purchase/{record}"
    assert "approve" in progress(company.caller("cat"), running(company, record)).may


def running(company: Approving, record: str) -> str:
    return str(company.rows("select id from _approval where record = %s and state = 'running'", [record])[0][0])


def test_the_records_page_tells_how_far_it_is_and_what_is_locked(company: Approving, visitor: Get) -> None:
    record, approval = sent_in(company, "limited")
    page = visitor("dan").get(f"/o/purchase/{record}")
    told = words(page)
    assert "Large purchase" in told
    assert "Locked while it is being approved" in told
    assert "May be changed: Note" in told
    assert 'data-fact="note"' in page.text
    assert re.search(r'data-fact="note".*?dg-fact-edit', text(page))
    assert not re.search(r'data-fact="total"(?:(?!data-fact=).)*dg-fact-edit', text(page))
    assert "Locked while it is being approved" in words(visitor("dan").get(f"/o/purchase/{record}/edit"))
    visitor("dan").post(f"/approvals/{approval}/recall")
    told = words(visitor("dan").get(f"/o/purchase/{record}"))
    assert "recalled" in told
    assert "Locked" not in told


def test_a_stages_gate_leads_to_its_approval_and_says_for_whom_it_waits(company: Approving, visitor: Get) -> None:
    record = company.purchase("dan", "Desk", total="700", stage="asked")
    dan = visitor("dan")
    page = dan.get(f"/o/purchase/{record}").text
    assert f"/o/purchase/{record}/submit?flow=release&amp;pipeline=buying&amp;stage=ordered" in page
    moved = dan.post(f"/o/purchase/{record}/stage", value="ordered")
    assert "Submitted for approval." in words(dan.get(moved.headers["Location"]))
    assert "in approval, waits for Supervisor" in words(dan.get(f"/o/purchase/{record}"))
    visitor("bea").post(f"/approvals/{running(company, record)}/decide", verdict="approve")
    assert get(company.admin, "purchase", record, ["stage"])["stage"] == "ordered"


def test_a_card_dropped_on_a_gated_lane_goes_back_and_says_why(company: Approving, visitor: Get) -> None:
    record = company.purchase("dan", "Desk", total="700", stage="asked")
    headers = {"HX-Request": "true", "Accept": "application/json"}
    drop = {"value": "ordered", "board": "/o/purchase/board"}
    answer = visitor("dan").post(f"/o/purchase/{record}/stage", headers, **drop)
    assert (answer.status_code, answer.json["submitted"], answer.json["moved"]) == (200, True, False)
    again = visitor("dan").post(f"/o/purchase/{record}/stage", headers, **drop)
    assert (again.status_code, again.json["text"]) == (
        409,
        "Stage cannot be changed while the record is being approved.",
    )


def test_what_is_deleted_by_approval_alone_leads_to_the_form(company: Approving, visitor: Get) -> None:
    (made,) = records.create(company.admin, "supplier", [{"name": "Quill"}]).records
    ann = visitor("ann")
    answer = ann.post(f"/o/supplier/{made.id}/delete")
    assert answer.headers["Location"] == f"/o/supplier/{made.id}/submit?flow=removal"
    ann.post(f"/o/supplier/{made.id}/submit", flow="removal")
    visitor("cat").post(f"/approvals/{running(company, str(made.id))}/decide", verdict="approve")
    assert "recycle bin" in words(ann.get(f"/o/supplier/{made.id}"))


def test_selected_records_are_submitted_at_once(company: Approving, visitor: Get) -> None:
    ids = [company.purchase("dan", f"Lot {n}", total="10") for n in range(3)]
    dan = visitor("dan")
    assert "Submit 3 records for approval" in words(dan.post("/o/purchase/list/bulk", do="submit", id=ids))
    dan.post("/o/purchase/list/bulk", do="submit_save", id=ids[:2], flow="simple", note="Together")
    assert company.rows("select count(*) from _approval where state = 'running'") == [(2,)]
    answer = dan.post("/o/purchase/list/bulk", do="submit_save", id=ids, flow="simple")
    assert "1 record submitted for approval" in words(answer)
    assert words(answer).count("It is in approval already.") == 2
