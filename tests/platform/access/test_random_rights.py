"""Random rights on fields and records against brute force: what a person gets from a record, a list, a filter, a sum,
its history, the feed and an export is what is left of the whole when the rest is taken away by hand."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong_platform import records
from dougong_platform.errors import BadField, BadFilter, BadSort, NotAllowed
from dougong_platform.exports.files import Export, csv_chunks
from dougong_platform.exports.files import rows as export_rows
from dougong_platform.http.caller import Caller
from dougong_platform.query import get, list_records
from dougong_platform.query.changes import changes_since
from dougong_platform.records.history.read import timeline
from dougong_platform.reports.grouped.plain import aggregate
from reading import Reading, make_reading

FIELDS = ("name", "size", "kind", "near")
OBJECTS = """
kind: object
name: shelf
default_access: {}
name_field: name
fields:
  name: {{type: text, searchable: true}}
  size: {{type: decimal, scale: 2}}
  kind: {{type: picklist, values: [a, b]}}
  near: {{type: lookup, to: shelf}}
---
kind: object
name: box
default_access: private
name_field: name
fields:
  shelf: {{type: detail, to: shelf}}
  name: {{type: text}}
  size: {{type: decimal, scale: 2}}
"""
LEVELS = st.sampled_from(("none", "read", None))
SCOPES = st.sampled_from(("none", "own", "all"))


@dataclass(frozen=True)
class Granted:
    """One permission set: the scope of reading shelves, boxes, and levels on the fields of a shelf."""

    shelf: str
    box: str
    fields: tuple[str | None, ...]

    def document(self, name: str) -> str:
        def right(scope: str) -> dict[str, Any]:
            return {"create": True, "read": scope, "update": scope, "export": True} if scope != "none" else {}

        fields = {f"shelf.{name}": level for name, level in zip(FIELDS, self.fields, strict=True) if level is not None}
        objects = {"shelf": right(self.shelf), "box": right(self.box)}
        return json.dumps({"kind": "permission_set", "name": name, "objects": objects, "fields": fields})


def sets_of(seed: int) -> dict[str, Granted]:
    """Twenty sets that differ in everything; those of a run are the same in all tests."""
    chance = random.Random(seed)
    return {
        f"set_{n}": Granted(
            chance.choice(("none", "own", "own", "all")),
            chance.choice(("none", "own", "all")),
            tuple(chance.choice(("none", "read", None)) for _ in FIELDS),
        )
        for n in range(20)
    }


@dataclass
class World:
    """A tenant, its sets, and every record as an administrator sees it."""

    reading: Reading
    access: str
    sets: dict[str, Granted]
    shelves: list[dict[str, Any]]
    boxes: list[dict[str, Any]]


@pytest.fixture(scope="module", params=["private", "read", "write"])
def world(request: pytest.FixtureRequest, make_database: Any) -> Iterator[World]:
    sets = sets_of(len(request.param))
    documents = [
        OBJECTS.format(request.param),
        *(granted.document(name) for name, granted in sets.items()),
        "kind: permission_set\nname: reader\n",
    ]
    made = make_reading(make_database(), "\n---\n".join(documents))
    admin = made.admin
    ids: list[str] = []
    for n in range(12):
        owner = (made.ann, made.bob, made.cat)[n % 3]
        row = {
            "name": f"s{n}",
            "size": None if n % 5 == 4 else f"{n}.50",
            "kind": ("a", "b", None)[n % 3],
            "near": ids[n // 2] if n > 1 else None,
            "owner": owner,
        }
        ids.append(str(records.create(admin, "shelf", [row]).records[0].id))
        records.create(admin, "box", [{"shelf": ids[n], "name": f"b{n}", "size": n, "owner": made.cat}])
    records.update(admin, "shelf", [{"id": ids[1], "size": "99.00"}])
    records.update(admin, "shelf", [{"id": ids[1], "name": "renamed"}])
    shelves, boxes = (list_records(admin, name, limit=100).records for name in ("shelf", "box"))
    yield World(made, request.param, sets, shelves, boxes)
    made.database.close()


@dataclass
class Oracle:
    """What a person with these sets may know, by the words of the documentation."""

    world: World
    sets: list[Granted]

    @property
    def scope(self) -> str:
        return max((one.shelf for one in self.sets), key=("none", "own", "all").index, default="none")

    def level(self, field: str) -> str:
        """none or read: the widest of the sets; a set without a word on the field gives what it gives on the object."""
        found = []
        for one in self.sets:
            said = one.fields[FIELDS.index(field)]
            found.append(said if said is not None else "none" if one.shelf == "none" else "read")
        return "read" if "read" in found and self.scope != "none" else "none"

    @property
    def fields(self) -> list[str]:
        return [f for f in FIELDS if self.level(f) == "read"]

    def shelves(self) -> list[dict[str, Any]]:
        if self.scope == "none":
            return []
        everything = self.scope == "all" or self.world.access in ("read", "write")
        return [s for s in self.world.shelves if everything or s["owner"] == self.world.reading.bob]

    def boxes(self) -> list[dict[str, Any]]:
        if all(one.box == "none" for one in self.sets):
            return []
        seen = {s["id"] for s in self.shelves()}
        return [b for b in self.world.boxes if b["shelf"] in seen]


def asker(world: World, names: list[str]) -> tuple[Caller, Oracle]:
    return world.reading.caller(world.reading.bob, *names), Oracle(world, [world.sets[n] for n in names])


CHOSEN = st.lists(st.sampled_from([f"set_{n}" for n in range(20)]), min_size=1, max_size=3, unique=True)
PLAYED = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@PLAYED
@given(names=CHOSEN)
def test_records_and_lists_hold_what_the_rights_leave(world: World, names: list[str]) -> None:
    caller, oracle = asker(world, names)
    if oracle.scope == "none":
        with pytest.raises(NotAllowed):
            list_records(caller, "shelf")
        return
    expected = {s["id"]: {f: s[f] for f in oracle.fields} for s in oracle.shelves()}
    found = {r["id"]: {f: r[f] for f in FIELDS if f in r} for r in list_records(caller, "shelf", limit=100).records}
    assert found == expected
    for id, values in expected.items():
        one = get(caller, "shelf", id)
        assert {f: one[f] for f in FIELDS if f in one} == values
    if any(world.sets[n].box != "none" for n in names):
        assert {b["id"] for b in list_records(caller, "box", limit=100).records} == {b["id"] for b in oracle.boxes()}
    if {"near", "name"} <= set(oracle.fields):
        by_id = {s["id"]: s for s in oracle.shelves()}
        for row in list_records(caller, "shelf", fields=["near", "near.name", "near.near.name"], limit=100).records:
            near = by_id.get(row["near"])
            assert row["near.name"] == (near["name"] if near else None)
            further = by_id.get(near["near"]) if near else None
            assert row["near.near.name"] == (further["name"] if further else None)


@PLAYED
@given(names=CHOSEN, field=st.sampled_from(FIELDS))
def test_a_hidden_field_cannot_be_asked_and_a_readable_one_answers(world: World, names: list[str], field: str) -> None:
    caller, oracle = asker(world, names)
    if oracle.scope == "none":
        return
    condition = {"name": 'name = "renamed"', "size": "size > 4", "kind": 'kind = "a"', "near": "not ISBLANK(near)"}
    if oracle.level(field) == "none":
        with pytest.raises(BadFilter):
            list_records(caller, "shelf", filter=condition[field])
        with pytest.raises(BadSort):
            list_records(caller, "shelf", sort=[field])
        for path in (field, f"near.{field}"):
            with pytest.raises(BadField):
                list_records(caller, "shelf", fields=[path])
        with pytest.raises((BadField, BadFilter)):
            aggregate(caller, {"from": "shelf", "group_by": [field], "aggregates": {"n": "COUNT()"}})
        with pytest.raises(BadFilter):
            aggregate(caller, {"from": "shelf", "aggregates": {"n": f"COUNT(not ISBLANK({field}))"}})
        return
    truth = {"name": lambda s: s["name"] == "renamed", "size": lambda s: s["size"] and Decimal(s["size"]) > 4,
             "kind": lambda s: s["kind"] == "a", "near": lambda s: s["near"] is not None}[field]  # fmt: skip
    expected = {s["id"] for s in oracle.shelves() if truth(s)}
    page = list_records(caller, "shelf", filter=condition[field], limit=100, count=True)
    assert {r["id"] for r in page.records} == expected
    assert page.count == len(expected)
    answer = aggregate(caller, {"from": "shelf", "where": condition[field], "aggregates": {"n": "COUNT()"}})
    assert int(answer[0]["n"]) == len(expected)


@PLAYED
@given(names=CHOSEN)
def test_sums_history_feed_and_export_tell_no_more(world: World, names: list[str]) -> None:
    caller, oracle = asker(world, names)
    if oracle.scope == "none":
        return
    seen = {s["id"]: s for s in oracle.shelves()}
    if oracle.level("size") == "read":
        total = aggregate(caller, {"from": "shelf", "aggregates": {"t": "SUM(size)"}})[0]["t"]
        assert Decimal(total or 0) == sum(Decimal(s["size"] or 0) for s in seen.values())
    hidden = set(FIELDS) - set(oracle.fields)
    for id in seen:
        for entry in timeline(caller, "shelf", id):
            assert not hidden & entry["changes"].keys()
            assert entry["changes"] or entry["op"] != "update"
    feed = [c for c in changes_since(caller, "shelf", None, 1000)["changes"] if c["op"] != "gone"]
    assert {c["id"] for c in feed} == seen.keys()
    assert not any(hidden & c["changes"].keys() for c in feed)
    columns, lines = export_rows(caller, Export("shelf", None, None, ()))
    text = b"".join(csv_chunks(columns, lines)).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert not {name.capitalize() for name in hidden} & set(head)
    assert len(rows) == len(seen)
