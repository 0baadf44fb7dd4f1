"""Whether each search entry is what its record would be given today: missing, stale and orphaned ones are named."""

from __future__ import annotations

from collections.abc import Iterator

from dougong_metadata.model.types import ObjectModel
from dougong_platform.integrity.finding import Finding, finding
from dougong_platform.integrity.snapshot import EXAMPLES, Snapshot
from dougong_platform.search import document
from dougong_platform.search.words import searched_fields


def search(snapshot: Snapshot) -> Iterator[Finding]:
    """Entries of every object, record by record; then entries of no object at all."""
    for object in snapshot.own_objects:
        yield from _compare(snapshot, object)
        yield from snapshot.count(
            object.name,
            "has search entries without a live record",
            "搜索条目没有对应的记录",
            "select s.record as example from _search s where s.object = %(object)s and not exists"
            f" (select from {snapshot.table(object.name)} t where t.id = s.record and t.deleted_at is null)",
            {"object": object.name},
        )
    names = [o.name for o in snapshot.release.model.objects.values() if not o.system]
    yield from snapshot.count(
        "_search",
        "has entries of objects that do not exist",
        "搜索条目属于不存在的对象",
        "select s.record as example from _search s where s.object <> all(%(names)s::text[])",
        {"names": names},
    )


def _compare(snapshot: Snapshot, object: ObjectModel) -> Iterator[Finding]:
    fields = searched_fields(object)
    columns = "".join(f", {snapshot.column(f)}" for f in fields)
    missing, stale = _Counted(), _Counted()
    for id, entry, title, text, words, *values in snapshot.stream(
        f"select t.id, s.object, s.title, s.text, tsvector_to_array(s.words){columns}"
        f" from {snapshot.table(object.name)} t left join _search s on s.record = t.id where t.deleted_at is null"
    ):
        if entry is None:
            missing.add(id)
            continue
        made = document(object, {f.name: value for f, value in zip(fields, values, strict=True)})
        if (entry, title, text) != (object.name, *made[:2]) or set(words) != {
            word.strip("'") for word in made[2].split()
        }:
            stale.add(id)
    if missing.count:
        yield finding(
            object.name, "has records without a search entry", "记录没有搜索条目", missing.count, *missing.first
        )
    if stale.count:
        yield finding(object.name, "has stale search entries", "搜索条目已过时", stale.count, *stale.first)


class _Counted:
    """How many, and the first few."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[str] = []

    def add(self, id: str) -> None:
        """One more."""
        self.count += 1
        if self.count <= EXAMPLES:
            self.first.append(id)
