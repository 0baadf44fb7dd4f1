"""One's own number beside the average and the best of people: what it is; nobody's number can be read off it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from beside_company import Company, make_company
from dougong_metadata.errors import Fault
from dougong_platform import dashboards, own_documents, query, records
from dougong_platform.dashboards.widget_data import Beside, NumberData
from dougong_platform.http.caller import Caller
from dougong_platform.people.acting import acting_as
from dougong_platform.reports.asked import AS_IT_SAYS, Asked
from dougong_tenants.people import create_department, update_user


@pytest.fixture(scope="module")
def company(module_database_url: str) -> Iterator[Company]:
    made = make_company(module_database_url)
    yield made
    made.made.database.close()


def number(caller: Caller, name: str, asked: Asked = AS_IT_SAYS, key: str = "beside") -> NumberData:
    data = dashboards.widget(caller, dashboards.find(caller, key), name, asked)
    assert isinstance(data, NumberData)
    return data


def beside(caller: Caller, name: str, asked: Asked = AS_IT_SAYS, key: str = "beside") -> Beside:
    found = number(caller, name, asked, key).beside
    assert found is not None
    return found


def test_everybody_has_his_own_number_beside_the_average_and_the_best_of_all(company: Company) -> None:
    average = sum(company.worth.values()) / len(company.worth)
    for name in company.people:
        shown = number(company.caller(name), "worth")
        assert Decimal(shown.value) == company.worth[company.people[name]]
        assert shown.beside is not None
        assert abs(Decimal(shown.beside.average or 0) - average) < Decimal("0.001")
        assert Decimal(shown.beside.best or 0) == max(company.worth.values())
        assert (shown.beside.whose, shown.beside.people) == ("company", len(company.worth))


def test_a_number_of_a_report_stands_beside_the_same(company: Company) -> None:
    bob = company.caller("Bob")
    assert number(bob, "told").value == number(bob, "worth").value
    assert beside(bob, "told") == beside(bob, "worth")


def test_where_less_is_better_the_best_is_the_least_and_where_neither_is_there_is_none(company: Company) -> None:
    bob = company.caller("Bob")
    assert Decimal(beside(bob, "least").best or 0) < Decimal(beside(bob, "least").average or 0)
    assert beside(bob, "neither").best is None
    assert beside(bob, "neither").average is not None


def test_ones_own_number_leads_to_ones_own_records_and_what_is_beside_it_to_none(company: Company) -> None:
    bob = company.caller("Bob")
    shown = number(bob, "worth")
    page = query.list_records(bob, "book", fields=["price"], filter=shown.filter, limit=200)
    assert sum(Decimal(one["price"]) for one in page.records) == Decimal(shown.value)
    assert set(shown.json()["beside"]) == {"whose", "average", "best", "people", "hidden"}


def test_nothing_that_is_answered_names_another_person(company: Company) -> None:
    bob = company.caller("Bob")
    for name in ("worth", "few", "least", "neither", "told"):
        said = json.dumps(number(bob, name).json())
        for other, id in company.people.items():
            assert other == "Bob" or (other not in said and id not in said)
        assert company.made.ann not in said


def test_filters_by_person_and_department_single_nobody_out(company: Company) -> None:
    bob, made = company.caller("Bob"), company.made
    whole = number(bob, "worth")
    department = create_department(made.database, made.tenant, {"name": "Two"}, by=made.ann)
    update_user(made.database, made.tenant, company.people["Dora"], {"department": department}, by=made.ann)
    bob = company.caller("Bob")
    for asked in (Asked(owner=company.people["Dora"]), Asked(department=department), Asked(owner=bob.user)):
        shown = number(bob, "worth", asked)
        assert (shown.value, shown.beside) == (whole.value, whole.beside)


def test_of_fewer_than_three_people_nothing_is_told(company: Company) -> None:
    records.create(company.caller("Bob"), "book", [{"title": "b", "price": "5", "code": "few"}])
    records.create(company.caller("Dora"), "book", [{"title": "d", "price": "6", "code": "few2"}])
    shown = number(company.caller("Bob"), "few")
    assert Decimal(shown.value) == 5
    assert shown.beside == Beside("company", hidden="few")


def test_people_who_count_nothing_do_not_hide_a_single_one(company: Company) -> None:
    """Two who have 0 and one who has a number: the best would be his."""
    board = dashboards.find(company.caller("Bob"), "beside").dashboard
    one = board.widgets[0]
    where = 'title in ("zero", "much")'
    records.create(company.caller("Bob"), "book", [{"title": "zero", "price": "0"}])
    records.create(company.caller("Dora"), "book", [{"title": "zero", "price": "0"}])
    records.create(company.caller("Emil"), "book", [{"title": "much", "price": "777"}])
    single = replace(one, settings={**one.settings, "where": where})
    shown = dashboards.data_of(company.caller("Bob"), board, single)
    assert isinstance(shown, NumberData)
    assert shown.beside == Beside("company", hidden="few")


def test_days_that_are_picked_freely_tell_no_differences(company: Company) -> None:
    bob = company.caller("Bob")
    assert beside(bob, "worth", Asked(period="2026-01-01..2026-01-31")) == Beside("company", hidden="range")


def test_without_a_name_it_is_the_average_of_those_one_sees(company: Company) -> None:
    assert beside(company.caller("Bob"), "worth", key="seen") == Beside("seen", hidden="few")
    ann = acting_as(company.made.database, company.made.tenant, company.made.ann, cause="test")
    assert beside(ann, "worth", key="seen").people == len(company.worth)


def test_where_the_named_person_has_left_ones_own_number_still_stands(company: Company) -> None:
    shown = number(company.caller("Bob"), "worth", key="away")
    assert shown.value is not None
    assert shown.beside == Beside("company", hidden="gone")


def test_a_field_that_one_may_not_read_has_no_average_either(company: Company) -> None:
    bob = company.caller("Bob")
    board = dashboards.find(bob, "beside").dashboard
    answered = dashboards.answered(bob, board, next(one for one in board.widgets if one.name == "cost"))
    assert answered.data is None
    assert isinstance(answered.fault, Fault)


def test_nobody_lends_himself_anothers_access_for_it(company: Company) -> None:
    with pytest.raises(Fault):
        own_documents.create(
            company.caller("Bob"), "dashboard", "Sly", {"beside_as": "ann@library.test", "widgets": {}}
        )
