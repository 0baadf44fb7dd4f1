"""The boxes of approvals: what is in them, for whom, in which order, and how fast."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from approval_rows import add_rows, clear, delegate
from approving import Approving
from dougong_platform.approvals.reading.inbox import counts, inbox, mark_seen
from dougong_platform.approvals.reading.inbox_statements import BOXES, COUNTS, statement
from dougong_platform.errors import BadCursor, BadRequest


@pytest.fixture(autouse=True)
def empty(approving: Approving) -> Iterator[None]:
    yield
    clear(approving)


def titles(company: Approving, who: str, box: str = "todo", **more: Any) -> list[str]:
    return [row.title for row in inbox(company.caller(who), box, **more).rows]


def test_what_waits_for_somebody_is_to_do_newest_first(approving: Approving) -> None:
    add_rows(approving, "bea", 3)
    add_rows(approving, "cat", 1, title="Ink")
    assert titles(approving, "bea") == ["Paper 1", "Paper 2", "Paper 3"]
    (row,) = inbox(approving.caller("cat", "zh"), "todo").rows
    assert (row.flow_label, row.node_label, row.submitter_name) == ("简单采购", "主管", "Dan")
    assert (row.state, row.verdict, row.behalf, row.kind, row.quick) == ("running", "open", None, "decide", True)
    assert counts(approving.caller("bea")) == {"todo": 3, "submitted": 0, "cc": 0}
    assert counts(approving.caller("dan")) == {"todo": 0, "submitted": 4, "cc": 0}


def test_pages_follow_one_another_without_gaps(approving: Approving) -> None:
    add_rows(approving, "bea", 7)
    approving.run("update _approval_task set opened_at = '2026-01-01T00:00:00Z' where id in"
                  " (select id from _approval_task order by opened_at limit 4)")  # fmt: skip
    found, cursor = [], None
    while True:
        page = inbox(approving.caller("bea"), "todo", limit=2, cursor=cursor)
        found += [row.task for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert len(found) == len(set(found)) == 7


def test_who_acts_for_somebody_sees_what_waits_for_him(approving: Approving) -> None:
    add_rows(approving, "bea", 1)
    add_rows(approving, "bea", 1, title="Sum", flow="by_amount")
    assert titles(approving, "eve") == []
    delegate(approving, "bea", "eve", "simple")
    delegate(approving, "bea", "eve", "simple")  # given twice: shown once
    (row,) = inbox(approving.caller("eve"), "todo").rows
    assert (row.title, row.behalf) == ("Paper 1", "Bea")
    delegate(approving, "bea", "eve")
    assert sorted(titles(approving, "eve")) == ["Paper 1", "Sum 1"]
    assert counts(approving.caller("eve"))["todo"] == 2
    delegate(approving, "eve", "fay")
    assert titles(approving, "fay") == [], "who acts for somebody does not hand that on"
    assert sorted(titles(approving, "bea")) == ["Paper 1", "Sum 1"], "and the one who is away sees it still"


def test_nobody_is_asked_about_his_own_request_because_he_acts_for_another(approving: Approving) -> None:
    add_rows(approving, "bea", 1, submitter="dan")
    delegate(approving, "bea", "dan")
    assert titles(approving, "dan") == []
    assert counts(approving.caller("dan"))["todo"] == 0


def test_a_delegation_that_has_ended_shows_nothing(approving: Approving) -> None:
    add_rows(approving, "bea", 1)
    delegate(approving, "bea", "eve", days=-1)
    assert titles(approving, "eve") == []


def test_what_is_decided_is_done_for_the_one_who_did_it_and_the_one_he_did_it_for(approving: Approving) -> None:
    add_rows(approving, "bea", 2, task="approved")
    add_rows(approving, "bea", 1, title="For bea", task="rejected", decided_by="eve")
    add_rows(approving, "bea", 1, title="Too late", task="cancelled")
    assert sorted(titles(approving, "bea", "done")) == ["For bea 1", "Paper 1", "Paper 2"]
    (row,) = inbox(approving.caller("eve"), "done").rows
    assert (row.title, row.behalf, row.decided_by, row.verdict) == ("For bea 1", "Bea", None, "rejected")
    mine = next(row for row in inbox(approving.caller("bea"), "done").rows if row.title == "For bea 1")
    assert (mine.behalf, mine.decided_by) == (None, "Eve")


def test_what_went_by_itself_was_decided_by_nobody(approving: Approving) -> None:
    add_rows(approving, "bea", 1, task="approved")
    approving.run("update _approval_task set automatic = 'same'")
    assert titles(approving, "bea", "done") == []


def test_what_one_submitted_and_what_one_got_a_copy_of(approving: Approving) -> None:
    add_rows(approving, "bea", 2, state="approved", task="approved")
    add_rows(approving, "gus", 1, title="Copy", kind="cc", node="told", flow="experts")
    assert (
        titles(approving, "dan", "submitted") == ["Copy 1", "Paper 1", "Paper 2"]
        or len(titles(approving, "dan", "submitted")) == 3
    )
    assert counts(approving.caller("dan"))["submitted"] == 1
    gus = approving.caller("gus")
    (row,) = inbox(gus, "cc").rows
    assert (row.node_label, row.seen_at, titles(approving, "gus")) == ("Told", None, [])
    assert counts(gus)["cc"] == 1
    assert mark_seen(gus, row.approval)
    assert not mark_seen(gus, row.approval)
    assert not mark_seen(approving.caller("eve"), row.approval)
    assert (counts(gus)["cc"], inbox(gus, "cc").rows[0].seen_at is not None) == (0, True)


def test_a_box_is_searched_by_title_and_narrowed_to_a_flow(approving: Approving) -> None:
    add_rows(approving, "bea", 3)
    add_rows(approving, "bea", 1, title="100% linen_ink", flow="by_amount")
    assert titles(approving, "bea", search="PAPER 2") == ["Paper 2"]
    assert titles(approving, "bea", search="100% linen_") == ["100% linen_ink 1"]
    assert titles(approving, "bea", search="%") == ["100% linen_ink 1"], "what LIKE would take for anything"
    assert titles(approving, "bea", flow="by_amount") == ["100% linen_ink 1"]
    page = inbox(approving.caller("bea"), "todo", limit=1, search="paper")
    with pytest.raises(BadCursor):
        inbox(approving.caller("bea"), "todo", limit=1, cursor=page.next)
    with pytest.raises(BadCursor):
        inbox(approving.caller("bea"), "todo", cursor="AAAA")
    with pytest.raises(BadRequest):
        inbox(approving.caller("bea"), "other")


def test_a_title_says_nothing_of_a_field_that_one_may_not_know(approving: Approving) -> None:
    add_rows(approving, "gus", 1)
    add_rows(approving, "fay", 1, title="Secret")
    older = {
        "object": "purchase",
        "label": "Older",
        "title": {"en": "{{ cost }}", "zh": "{{ cost }}"},
        "nodes": [{"name": "supervisor", "kind": "approve", "by": [{"manager": 1}], "label": "Over"}],
    }
    approving.run("update _approval_version set digest = 'old', body = %s", [json.dumps(older)])
    (row,) = inbox(approving.caller("fay"), "todo").rows
    assert (row.title, row.flow_label, row.node_label) == ("Older", "Older", "Over")
    assert titles(approving, "gus") == ["Paper 1"], "the flow shows him what his sets do not open at all"


def test_a_page_of_somebody_who_decided_thousands_reads_little_more_than_it_shows(approving: Approving) -> None:
    """10,000 done, 200 open, 3,000 copies, and others beside: pages and counts come out of the indexes. (1.5 ms for a
    page, 7 ms with words, on an idle machine of two cores.)"""
    add_rows(approving, "bea", 10_000, task="approved", state="approved")
    add_rows(approving, "bea", 200)
    add_rows(approving, "bea", 3_000, kind="cc", node="told", flow="experts", state="approved")
    for other in ("cat", "eve", "fay"):
        add_rows(approving, other, 5_000, task="approved", state="approved")
    delegate(approving, "eve", "bea")
    with approving.database.owner(approving.tenant) as connection:
        connection.execute("analyze")
    for box in BOXES:
        values = {"user": approving.people["dan" if box == "submitted" else "bea"], "limit": 51}
        text = statement(box, flow=False, words=False, after=False)
        for table, least in rows_read(approving, text, values).items():
            # todo sorts what is open: it may read all 200 of it
            assert least <= (600 if box == "todo" else 210), (box, table, least)
        words = statement(box, flow=False, words=True, after=False)
        for table, least in rows_read(approving, words, values | {"words": "%paper 99%"}).items():
            assert least <= 40_000, (box, table, least)  # each title is looked at once
    assert max(rows_read(approving, COUNTS, {"user": approving.people["bea"]}).values()) <= 1_300
    assert max(rows_read(approving, COUNTS, {"user": approving.people["dan"]}).values()) <= 500


def rows_read(company: Approving, sql: str, values: dict[str, Any]) -> dict[str, int]:
    """How many rows of each table the server looks at."""
    ((plan,),) = company.rows(f"explain (analyze, timing off, format json) {sql}", values)
    found: dict[str, int] = {}
    waiting = [plan[0]["Plan"]]
    while waiting:
        node = waiting.pop()
        waiting += node.get("Plans", [])
        if "Relation Name" in node and str(node["Relation Name"]).startswith("_approval"):
            passed = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
            rows = sum(node.get(key, 0) for key in passed) * node["Actual Loops"]
            found[node["Relation Name"]] = found.get(node["Relation Name"], 0) + int(rows)
    return found
