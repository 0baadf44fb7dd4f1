"""A masked field is shown masked and is good for nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from dougong_platform import records
from dougong_platform.errors import BadField, BadFilter, BadSort, RecordsInvalid
from dougong_platform.exports.files import Export, csv_chunks
from dougong_platform.exports.files import rows as export_rows
from dougong_platform.http.caller import Caller
from dougong_platform.query import display_names, get, list_records
from dougong_platform.query.changes import changes_since
from dougong_platform.records.history.read import timeline
from dougong_platform.reports.grouped.plain import aggregate
from dougong_platform.search import find
from reading import Reading, make_reading

DOCUMENTS = """
kind: object
name: member
name_field: call
fields:
  call: {type: text, searchable: true}
  mobile: {type: phone, searchable: true}
  mail: {type: email, searchable: true}
  code: {type: text, searchable: true}
  friend: {type: lookup, to: member}
---
kind: permission_set
name: desk
objects: {member: {create: true, read: all, update: all, export: true}}
fields: {member.mobile: mask, member.mail: mask, member.code: mask}
---
kind: permission_set
name: blurred
objects: {member: {read: all}}
fields: {member.call: mask}
"""
MASKED = ("mobile", "mail", "code")


@pytest.fixture(scope="module")
def office(module_database_url: str) -> Iterator[Reading]:
    made = make_reading(module_database_url, DOCUMENTS)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def member(office: Reading) -> str:
    row = {"call": "Ann", "mobile": "13812341234", "mail": "ann.hall@wide.test", "code": "Kx-77-secret"}
    id = str(records.create(office.admin, "member", [row]).records[0].id)
    records.update(office.admin, "member", [{"id": id, "friend": id, "code": "Kx-78-secret"}])
    return id


@pytest.fixture
def desk(office: Reading) -> Caller:
    return office.caller(office.bob, "desk")


def test_a_masked_value_is_shown_masked_in_records_lists_paths_and_names(
    office: Reading, desk: Caller, member: str
) -> None:
    shown = {"mobile": "138****1234", "mail": "a***@wide.test", "code": "K***"}
    one = get(desk, "member", member)
    assert {name: one[name] for name in MASKED} == shown
    (row,) = list_records(desk, "member", fields=["mobile", "friend.mobile", "friend.mail"]).records
    assert (row["mobile"], row["friend.mobile"], row["friend.mail"]) == ("138****1234", "138****1234", "a***@wide.test")
    blurred = office.caller(office.cat, "blurred")
    assert display_names(blurred, "member", [member]) == {member: "A***"}


@pytest.mark.parametrize("name", MASKED)
def test_a_masked_field_can_be_asked_for_nothing_else(desk: Caller, member: str, name: str) -> None:
    with pytest.raises(BadFilter):
        list_records(desk, "member", filter=f'{name} = "x"')
    with pytest.raises(BadFilter):
        list_records(desk, "member", filter=f'friend.{name} = "x"')
    with pytest.raises(BadSort):
        list_records(desk, "member", sort=[name])
    with pytest.raises(BadField):
        aggregate(desk, {"from": "member", "group_by": [name], "aggregates": {"n": "COUNT()"}})
    with pytest.raises(BadFilter):
        aggregate(desk, {"from": "member", "aggregates": {"n": f"MAX({name})"}})
    with pytest.raises(RecordsInvalid):
        records.update(desk, "member", [{"id": member, name: "x"}])


def test_history_feed_search_and_export_keep_the_mask(desk: Caller, member: str) -> None:
    assert all(not set(MASKED) & entry["changes"].keys() for entry in timeline(desk, "member", member))
    feed = changes_since(desk, "member", None)["changes"]
    assert feed
    assert all(not set(MASKED) & entry["changes"].keys() for entry in feed)
    assert [found["id"] for found in find(desk, "Ann")] == [member]
    assert find(desk, "13812341234") == find(desk, "secret") == find(desk, "hall") == []
    text = b"".join(csv_chunks(*export_rows(desk, Export("member")))).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["Mobile"], row["Mail"], row["Code"]) == ("138****1234", "a***@wide.test", "K***")
