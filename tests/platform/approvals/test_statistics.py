"""How a flow goes: what the figures say, counted by the tenant's days, and the approvals behind each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from approving import Approving, make_approving
from dougong_metadata.expressions.calendars import EVERY_WEEK
from dougong_metadata.label import Label
from dougong_metadata.model.calendar_types import CalendarModel
from dougong_platform.approvals.hours.working_time import WorkingTime
from dougong_platform.approvals.moves.asking import transfer
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.governing import recall
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.statistics.figures import approvals_behind, may_read, statistics
from dougong_platform.errors import BadRequest, NotAllowed, NotFound

FIRST, LAST = dt.date(2026, 3, 2), dt.date(2026, 3, 6)  # a Monday to a Friday


def sent(company: Approving, flow: str, total: str = "100") -> str:
    id = company.purchase("dan", total=total)
    (answer,) = submit(company.caller("dan"), flow, "purchase", [id])
    assert answer.approval is not None, answer.problem
    return answer.approval


def at(company: Approving, approval: str, submitted: str, decided: str | None, due: str | None = None) -> None:
    """Put an approval of one node into the past; moments are UTC."""
    company.run("update _approval set submitted_at = %s where id = %s::uuid", [submitted, approval])
    company.run("update _approval set ended_at = %s where id = %s::uuid and ended_at is not null", [decided, approval])
    company.run(
        "update _approval_step set entered_at = %s, left_at = case when left_at is null then null else %s::timestamptz"
        " end, due_at = %s where approval = %s::uuid",
        [submitted, decided, due, approval],
    )
    company.run(
        "update _approval_task set opened_at = %s, closed_at = case when closed_at is null then null"
        " else %s::timestamptz end where approval = %s::uuid",
        [submitted, decided, approval],
    )


@pytest.fixture(scope="module")
def company(module_database_url: str) -> Iterator[Approving]:
    """Of the flow `simple`: approved after 2 and after 6 hours, rejected after 4, recalled, one sent back and then
    approved, and one that waits."""
    made = make_approving(module_database_url)
    bea = made.caller("bea")
    two, six, refused, recalled, waits = (sent(made, "simple") for _ in range(5))
    decide(bea, two, "approve")
    decide(bea, six, "approve")
    decide(bea, refused, "reject", comment="No.")
    recall(made.caller("dan"), recalled)
    back = sent(made, "simple")
    decide(bea, back, "return", comment="Why?")
    at(made, two, "2026-03-02T01:00:00Z", "2026-03-02T03:00:00Z")
    at(made, six, "2026-03-02T01:00:00Z", "2026-03-02T07:00:00Z", due="2026-03-02T05:00:00Z")
    at(made, refused, "2026-03-03T17:00:00Z", "2026-03-03T21:00:00Z", due="2026-03-04T05:00:00Z")
    at(made, recalled, "2026-03-05T01:00:00Z", "2026-03-05T02:00:00Z")
    at(made, waits, "2026-03-05T03:00:00Z", None, due="2026-03-05T05:00:00Z")
    at(made, back, "2026-03-05T04:00:00Z", "2026-03-05T05:00:00Z")
    yield made
    made.database.close()


def test_days_are_those_of_the_company(company: Approving) -> None:
    found = statistics(company.admin, "simple", FIRST, LAST)
    zone = ZoneInfo(company.tenant.timezone)
    late = dt.datetime(2026, 3, 3, 17, tzinfo=dt.UTC).astimezone(zone).date().isoformat()
    days = {day.day: day for day in found.days}
    assert list(days) == ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"]
    assert days[late].submitted == 1
    assert days["2026-03-02"].outcomes["approved"] == 2
    assert (found.submitted, found.finished) == (6, 4)


def test_outcomes_and_rates(company: Approving) -> None:
    found = statistics(company.admin, "simple", FIRST, LAST)
    assert found.outcomes == {"approved": 2, "rejected": 1, "recalled": 1, "ended": 0}
    assert (found.running, found.returned) == (1, 1)
    assert found.rejection_rate == pytest.approx(1 / 3)
    assert (found.sent_back, found.return_rate) == (0, 0.0)
    assert found.median == pytest.approx(4 * 3600)


def test_nodes_and_people_tell_how_long_they_take(company: Approving) -> None:
    found = statistics(company.admin, "simple", FIRST, LAST)
    (node,) = found.nodes
    assert (node.node, node.label, node.decided, node.rejected, node.returned) == ("supervisor", "Supervisor", 4, 1, 1)
    assert node.median == pytest.approx(3 * 3600)
    assert (node.open, node.limited, node.late) == (1, 3, 2)
    assert found.late_rate == pytest.approx(2 / 3)
    (bea,) = found.people
    assert (bea.name, bea.approved, bea.rejected, bea.returned, bea.answered, bea.open) == ("Bea", 2, 1, 1, 4, 1)
    assert bea.oldest is not None
    assert bea.oldest.startswith("2026-03-05T03:00")
    assert bea.late == 1


def test_every_figure_opens_the_approvals_behind_it(company: Approving) -> None:
    def behind(figure: str, value: str | None = None) -> int:
        return len(approvals_behind(company.admin, "simple", FIRST, LAST, figure, value))

    found = statistics(company.admin, "simple", FIRST, LAST)
    assert behind("submitted") == found.submitted
    assert behind("finished") == found.finished
    for outcome, many in found.outcomes.items():
        assert behind(outcome) == many
    assert (behind("running"), behind("returned"), behind("sent_back")) == (1, 1, 0)
    assert behind("overdue") == found.late
    (node,) = found.nodes
    assert behind("node", "supervisor") == node.decided
    assert behind("node_rejected", "supervisor") == node.rejected
    assert behind("node_returned", "supervisor") == node.returned
    assert behind("node_overdue", "supervisor") == node.late
    assert behind("node_open", "supervisor") == node.open
    assert behind("person", company.people["bea"]) == 4
    assert behind("person_open", company.people["bea"]) == 1
    assert behind("submitted", "2026-03-02") == 2
    for figure, value in (("no_such", None), ("node", None), ("running", "2026-03-02"), ("person", "nobody")):
        with pytest.raises(BadRequest):
            behind(figure, value)


def test_a_title_that_may_not_be_known_is_not_told(company: Approving) -> None:
    rows = approvals_behind(company.caller("cat"), "simple", FIRST, LAST, "running")
    assert [row.title for row in rows] == ["Paper"]


def test_another_period_has_only_what_is_open_now(company: Approving) -> None:
    found = statistics(company.admin, "simple", dt.date(2026, 5, 1), dt.date(2026, 5, 2))
    assert (found.submitted, found.finished, found.running, found.rejection_rate) == (0, 0, 1, None)
    with pytest.raises(BadRequest):
        statistics(company.admin, "simple", LAST, FIRST)
    with pytest.raises(BadRequest):
        statistics(company.admin, "simple", dt.date(2020, 1, 1), LAST)


def test_people_count_only_what_they_answered_themselves(company: Approving) -> None:
    one = sent(company, "by_amount", "90000")
    transfer(company.caller("bea"), one, company.people["eve"], "You know more.")
    decide(company.caller("eve"), one, "approve")
    today = dt.datetime.now(ZoneInfo(company.tenant.timezone)).date()
    found = statistics(company.admin, "by_amount", today - dt.timedelta(days=1), today + dt.timedelta(days=1))
    people = {one.name: one for one in found.people}
    assert (people["Bea"].transferred, people["Bea"].approved) == (1, 0)
    assert (people["Eve"].approved, people["Eve"].transferred) == (1, 0)
    assert people["Bea"].open == 1  # first in the line, and has not approved
    assert "Dan" not in people


def test_who_may_read_all_records_may_know_how_it_goes(company: Approving) -> None:
    assert statistics(company.caller("cat"), "simple", FIRST, LAST).submitted == 6
    for who in ("dan", "eve", "fay", "gus"):
        assert not may_read(company.caller(who), "simple")
        with pytest.raises(NotAllowed):
            statistics(company.caller(who), "simple", FIRST, LAST)
    with pytest.raises(NotFound):
        statistics(company.admin, "no_such_flow", FIRST, LAST)


def test_working_time_leaves_nights_and_weekends_out() -> None:
    hours = ((dt.time(9), dt.time(12)), (dt.time(13), dt.time(18)))
    calendar = CalendarModel("office", Label("Office", "办公"), EVERY_WEEK, hours)
    zone = ZoneInfo("Asia/Shanghai")

    def moment(day: int, hour: int) -> dt.datetime:
        return dt.datetime(2026, 3, day, hour, tzinfo=zone)

    worked = WorkingTime(calendar, zone, moment(2, 0), moment(20, 0))

    def between(since: dt.datetime, until: dt.datetime) -> float:
        return worked.between(since.timestamp(), until.timestamp()) / 3600

    assert between(moment(2, 10), moment(2, 14)) == 3
    assert between(moment(2, 17), moment(3, 10)) == 2
    assert between(moment(6, 17), moment(9, 10)) == 2  # over a weekend
    assert between(moment(7, 9), moment(8, 18)) == 0
    assert between(moment(2, 20), moment(2, 22)) == 0
