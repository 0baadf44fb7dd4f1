"""The demo company's past: records of two years, with the stages through which they came, each in its order, and none
from tomorrow."""

from __future__ import annotations

import pytest

from demo_company import Company

TODAY = "(now() at time zone 'Asia/Shanghai')::date"
STAGED = (("opportunity", "stage"), ("lead", "status"))
DATED = (
    "account",
    "activity",
    "campaign",
    "contact",
    "contract",
    "expense",
    "invoice",
    "lead",
    "opportunity",
    "ticket",
)


def rows(demo: Company, text: str) -> list[tuple[object, ...]]:
    with demo.database.transaction(demo.tenant, read_only=True) as tx:
        return [tuple(row) for row in tx.rows(text)]


def one(demo: Company, text: str) -> int:
    return int(str(rows(demo, text)[0][0]))


@pytest.mark.parametrize("object", DATED)
def test_records_were_created_over_time_and_none_is_from_tomorrow(demo: Company, object: str) -> None:
    assert not rows(demo, f'select 1 from "{object}" where created_at > now() or updated_at < created_at')
    days = one(demo, f'select count(distinct created_at::date) from "{object}"')
    assert days > 15, "not all made at once"
    assert one(demo, f'select (now()::date - min(created_at)::date) from "{object}"') > 360


@pytest.mark.parametrize(("object", "field"), STAGED)
def test_stays_follow_each_other_from_the_birth_to_where_a_record_stands(
    demo: Company, object: str, field: str
) -> None:
    stays = f"""
    select s.record, s.value, s.entered_at, s.left_at, lag(s.left_at) over w as before,
           row_number() over w as place from _stay s where s.object = '{object}' and s.field = '{field}'
    window w as (partition by s.record order by s.entered_at, s.id)
    """
    assert not rows(demo, f"select 1 from ({stays}) s where place > 1 and entered_at <> before")
    assert not rows(demo, f"select 1 from ({stays}) s where left_at < entered_at or entered_at > now()")
    born = (
        f'select 1 from ({stays}) s join "{object}" r on r.id = s.record where place = 1 and r.created_at <> entered_at'
    )
    assert not rows(demo, born)
    standing = f'select 1 from ({stays}) s join "{object}" r on r.id = s.record where left_at is null and'
    assert not rows(demo, f"{standing} (s.value <> r.{field} or s.entered_at <> r.stage_since)")
    assert one(demo, f"select count(*) from ({stays}) s where left_at is not null") > 500


@pytest.mark.parametrize(("object", "field"), STAGED)
def test_history_tells_the_same_stages_in_the_order_of_its_entries(demo: Company, object: str, field: str) -> None:
    told = f"""
    select h.record, h.at, h.changes -> '{field}' ->> 1 as value, lag(h.at) over w as before, h.version,
           lag(h.version) over w as last from _history h where h.object = '{object}' and h.changes ? '{field}'
    window w as (partition by h.record order by h.seq)
    """
    assert not rows(demo, f"select 1 from ({told}) h where at < before or version <= last")
    unknown = f"""
    select 1 from ({told}) h where not exists (select from _stay s where s.record = h.record and s.value = h.value
       and s.entered_at = h.at)
    """
    assert not rows(demo, unknown)


def test_an_approval_came_after_its_record(demo: Company) -> None:
    late = "select 1 from _history h join _approval a on a.record = h.record where h.op = 'create' and"
    assert not rows(demo, f"{late} h.at >= a.submitted_at")


def test_every_quarter_of_two_years_has_sales_won_and_lost(demo: Company) -> None:
    quarters = f"""
    select count(*) from (select date_trunc('quarter', closed_on), stage from opportunity
     where closed_on >= {TODAY} - 730 and stage in ('won', 'lost') group by 1, 2) q
    """
    assert one(demo, quarters) >= 16


def test_money_is_overdue_at_several_ages_and_foreign_amounts_have_a_rate(demo: Company) -> None:
    overdue = f"select count(*) from payment_plan where status = 'overdue' and {TODAY} - due_date between"
    assert all(one(demo, f"{overdue} {low} and {low + 29}") for low in (1, 31, 61))
    for object in ("opportunity", "contract"):
        assert one(demo, f"select count(*) from {object} where currency <> 'CNY'") > 10
        assert not rows(demo, f"select 1 from {object} where (currency <> 'CNY') <> (exchange_rate is not null)")
    assert not rows(demo, f"select 1 from payment where received_on > {TODAY}")


def test_people_follow_up_at_all_hours_of_working_days(demo: Company) -> None:
    local = "occurred_at at time zone 'Asia/Shanghai'"
    hours = rows(demo, f"select distinct extract(hour from {local})::int from activity")
    assert {9, 10, 11, 13, 14, 15, 16, 17} <= {int(str(hour)) for (hour,) in hours}
    assert not rows(demo, "select 1 from activity where occurred_at > now()")
    by_day = rows(demo, f"select extract(isodow from {local})::int, count(*) from activity group by 1")
    counts = {int(str(day)): int(str(count)) for day, count in by_day}
    assert all(counts[day] > 200 for day in range(1, 6))
