"""Packs: reading them, and merging an upgrade into what a tenant has made of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments, UnknownName
from dougong_metadata.merging import merge
from dougong_metadata.packs import load_pack, pack_names, read_pack


def book(**body: Any) -> Document:
    return Document("object", "book", body)


def merged(base: Any, mine: Any, theirs: Any) -> tuple[Any, list[tuple[str, Any, Any, Any]]]:
    documents, conflicts = merge(*([book(**body)] if body is not None else [] for body in (base, mine, theirs)))
    body = documents[0].json() if documents else None
    if body:
        del body["kind"], body["name"]
    return body, [(c.path, c.base, c.mine, c.theirs) for c in conflicts]


@pytest.mark.parametrize("name", pack_names())
def test_a_shipped_pack_is_read(name: str) -> None:
    pack = load_pack(name)
    assert pack.name == name
    assert pack.documents
    assert pack.folder.is_dir()


def test_an_unknown_pack_is_named() -> None:
    with pytest.raises(UnknownName):
        load_pack("../sales")


def test_a_pack_tells_all_its_problems(tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "x.yaml").write_text("kind: object\nname: y\n")
    (tmp_path / "pack.yaml").write_text("name: x\nversion: one\nlable: X\n")
    with pytest.raises(InvalidDocuments) as caught:
        read_pack(tmp_path)
    assert [str(problem) for problem in caught.value.problems] == [
        "pack.yaml:2 version — “one” has not the right form for “version” (1.0.0).",
        "pack.yaml:3 lable — “lable” is not a key here; did you mean “label”?",
        "objects/x.yaml:2 name — The file is called x but its document y.",
    ]


def test_both_sides_changes_stand_where_they_do_not_meet() -> None:
    base = {"icon": "a", "fields": {"t": {"type": "text", "max_length": 10}, "u": {"type": "text"}}}
    mine = {
        "icon": "b",
        "fields": {
            "t": {"type": "text", "max_length": 10, "help": "x"},
            "own": {"type": "date"},
            "u": {"type": "text"},
        },
    }
    theirs = {
        "icon": "a",
        "history": False,
        "fields": {"t": {"type": "text", "max_length": 20}, "new": {"type": "url"}},
    }
    assert merged(base, mine, theirs) == (
        {
            "icon": "b",
            "history": False,
            "fields": {
                "t": {"type": "text", "max_length": 20, "help": "x"},
                "own": {"type": "date"},
                "new": {"type": "url"},
            },
        },
        [],
    )


def test_where_both_changed_the_same_place_mine_stays_and_a_conflict_is_told() -> None:
    assert merged({"icon": "a"}, {"icon": "b"}, {"icon": "c"}) == ({"icon": "b"}, [("icon", "a", "b", "c")])
    assert merged({"icon": "a"}, {}, {"icon": "c"}) == ({}, [("icon", "a", None, "c")])


def test_lists_of_names_and_of_values_merge_item_by_item() -> None:
    base = {"columns": ["a", "b", "c"], "values": [{"value": "x", "colour": "info"}, "y"]}
    mine = {"columns": ["a", "own", "b", "c"], "values": [{"value": "x", "colour": "good"}, "y"]}
    theirs = {"columns": ["a", "c", "new"], "values": [{"value": "x", "colour": "info"}, "y", "z"]}
    assert merged(base, mine, theirs) == (
        {"columns": ["a", "own", "c", "new"], "values": [{"value": "x", "colour": "good"}, "y", "z"]},
        [],
    )


def test_a_document_that_only_one_side_removed_or_changed() -> None:
    assert merged({"a": 1}, None, {"a": 1}) == (None, [])
    assert merged({"a": 1}, {"a": 1}, None) == (None, [])
    assert merged({"a": 1}, None, {"a": 2}) == (None, [("", {"a": 1}, None, {"a": 2})])
    assert merged({"a": 1}, {"a": 2}, None) == ({"a": 2}, [("", {"a": 1}, {"a": 2}, None)])
    assert merged(None, None, {"a": 1}) == ({"a": 1}, [])
    assert merged(None, {"a": 1}, None) == ({"a": 1}, [])


def test_the_tenants_order_stays_when_he_moved_things_and_the_packs_otherwise() -> None:
    fields = {name: {"type": "text"} for name in "abc"}
    moved = {name: fields[name] for name in "cab"}
    grown = {"a": fields["a"], "new": {"type": "text"}, "b": fields["b"], "c": fields["c"]}
    body, conflicts = merged({"fields": fields}, {"fields": moved}, {"fields": grown})
    assert (list(body["fields"]), conflicts) == (["c", "a", "new", "b"], [])


names = st.sampled_from("abcd")
values = st.recursive(
    st.integers(0, 2) | st.sampled_from(["x", "y"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
bodies = st.none() | st.dictionaries(names, values, max_size=3)


@given(bodies, bodies, bodies)
@settings(max_examples=300, deadline=None)
def test_a_merge_with_one_side_unchanged_is_the_other_side_exactly(base: Any, one: Any, other: Any) -> None:
    assert merged(base, one, base) == (one, [])
    assert merged(base, base, one) == (one, [])
    assert merged(base, one, one) == (one, [])
    assert str(merged(base, one, base)[0]) == str(one)
    body, conflicts = merged(base, one, other)
    if not conflicts and body is not None:
        assert merged(base, body, other) == (body, [])
