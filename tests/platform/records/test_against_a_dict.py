"""Random batches of every kind of write against a brute-force model: a dict of rows, checked rule by rule in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from dougong_platform import records
from dougong_platform.errors import NotFound, RecordsInvalid, StaleVersion
from library import add_user, as_user, make_library

FIELDS = ("title", "isbn", "price", "pages", "series", "volume")
BLANK = dict.fromkeys(FIELDS)
titles = st.sampled_from(["a", "b", "书", None])
isbns = st.sampled_from(["1", "2", "3", None])
prices = st.sampled_from(["1.00", "20.00", "-1.00", None])
numbers = st.sampled_from([0, 1, 2, None])
values = st.fixed_dictionaries(
    {},
    optional={
        "title": titles,
        "isbn": isbns,
        "price": prices,
        "pages": numbers,
        "series": st.sampled_from(["s", "t", None]),
        "volume": numbers,
    },
)
batches = st.lists(values, min_size=1, max_size=4)


class Oracle:
    """What the write path promises, one row after the other."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}

    def live(self) -> dict[str, dict[str, Any]]:
        return {id: row for id, row in self.rows.items() if not row["deleted"]}

    def wrong(
        self,
        row: dict[str, Any],
        id: str | None,
        changed: set[str],
        before: dict[str, Any],
        seen: list[tuple[Any, ...]],
    ) -> set[tuple[str | None, str]]:
        """The errors of one new state; unique keys are held against the state before the batch and earlier rows."""
        found: set[tuple[str | None, str]] = set()
        if "title" in changed and row["title"] is None:
            found.add(("title", "required"))
        for fields in (("isbn",), ("series", "volume")):
            key = tuple(row[f] for f in fields)
            if changed.isdisjoint(fields) or None in key:
                continue
            taken = any(tuple(other[f] for f in fields) == key for other_id, other in before.items() if other_id != id)
            if taken or (fields, key) in seen:
                found.add((fields[0], "not_unique"))
        price = row["price"]
        if price is not None and float(price) < 0:
            found.add(("price", "validation"))
        if (
            id is not None
            and "price" in changed
            and before[id]["price"] is not None
            and (price is None or float(price) < float(before[id]["price"]) - 5)  # unknown is violated
        ):
            found.add((None, "validation"))
        return found


class Writes(RuleBasedStateMachine):
    caller: ClassVar[Any]
    look: ClassVar[Callable[..., list[tuple[Any, ...]]]]
    ids = Bundle("ids")

    @initialize()
    def empty(self) -> None:
        type(self).look("truncate book, page, loan, _history, _search, _outbox")
        self.oracle = Oracle()
        self.count = 0

    def keys_of(self, row: dict[str, Any]) -> list[tuple[Any, ...]]:
        return [(fields, tuple(row[f] for f in fields)) for fields in (("isbn",), ("series", "volume"))]

    def compare(self, expected: list[set[Any]], call: Callable[[], Any], atomic: bool) -> list[Any]:
        """Run the call; its errors must be those expected. The outcomes, or [] if an atomic batch was refused."""
        if atomic and any(expected):
            with pytest.raises((RecordsInvalid, NotFound, StaleVersion)) as refused:
                call()
            if isinstance(refused.value, RecordsInvalid):
                assert {(e.index, e.field, e.code) for e in refused.value.errors} == {
                    (i, *e) for i, errors in enumerate(expected) for e in errors
                }
            return []
        outcomes = call().records
        assert [{(e.field, e.code) for e in o.errors} for o in outcomes] == expected
        return list(outcomes)

    @rule(target=ids, rows=batches, atomic=st.booleans())
    def create(self, rows: list[dict[str, Any]], atomic: bool) -> Any:
        before, seen, expected = self.oracle.live(), [], []
        for row in rows:
            full = {**BLANK, **row}
            expected.append(self.oracle.wrong(full, None, set(FIELDS), before, seen))
            seen += self.keys_of(full)
        outcomes = self.compare(expected, lambda: records.create(self.caller, "book", rows, atomic=atomic), atomic)
        made = [(o, row) for o, row in zip(outcomes, rows, strict=bool(outcomes)) if o.ok]
        for outcome, row in made:
            changes = {f: [None, v] for f, v in row.items() if v is not None}
            self.oracle.rows[outcome.id] = {
                **BLANK,
                **row,
                "version": 1,
                "deleted": False,
                "history": [(1, "create", changes)],
            }
        return multiple(*[o.id for o, _ in made])

    @rule(chosen=st.lists(ids, min_size=1, max_size=3, unique=True), data=st.data(), atomic=st.booleans())
    def update(self, chosen: list[str], data: st.DataObject, atomic: bool) -> None:
        rows, expected, new, seen = [], [], {}, []
        before = self.oracle.live()
        for id in chosen:
            row = data.draw(values)
            known = self.oracle.rows[id]
            stale = data.draw(st.sampled_from([None, None, 0, 1]))
            rows.append({**row, "id": id} | ({} if stale is None else {"version": known["version"] - stale}))
            if known["deleted"]:
                expected.append({(None, "not_found")})
                continue
            full = {**{f: known[f] for f in FIELDS}, **row}
            changed = {f for f in FIELDS if full[f] != known[f]}
            errors = {("title", "required")} if "title" in row and row["title"] is None else set()
            if stale:
                errors |= {(None, "stale_version")}
            elif changed:
                errors |= self.oracle.wrong(full, id, changed, before, seen)
            seen += self.keys_of(full) if not errors & {(None, "stale_version")} else []
            expected.append(errors)
            new[id] = (full, changed)
        self.expect_update(rows, expected, new, atomic)

    def expect_update(self, rows: list[dict[str, Any]], expected: list[Any], new: dict[str, Any], atomic: bool) -> None:
        if atomic and len(rows) == 1 and expected[0] == {(None, "stale_version")}:
            with pytest.raises(StaleVersion):
                records.update(self.caller, "book", rows)
            return
        outcomes = self.compare(expected, lambda: records.update(self.caller, "book", rows, atomic=atomic), atomic)
        for outcome in outcomes:
            if outcome.ok:
                full, changed = new[outcome.id]
                known = self.oracle.rows[outcome.id]
                assert outcome.changed is bool(changed)
                if changed:
                    known["version"] += 1
                    changes = {f: [known[f], full[f]] for f in changed}
                    known["history"].append((known["version"], "update", changes))
                    known.update(full)
                assert outcome.version == known["version"]

    @rule(chosen=st.lists(ids, min_size=1, max_size=3, unique=True), atomic=st.booleans())
    def delete(self, chosen: list[str], atomic: bool) -> None:
        expected = [{(None, "not_found")} if self.oracle.rows[id]["deleted"] else set() for id in chosen]
        for outcome in self.compare(
            expected, lambda: records.delete(self.caller, "book", chosen, atomic=atomic), atomic
        ):
            self.mark(outcome, "delete", True)

    @rule(id=ids)
    def restore(self, id: str) -> None:
        row = self.oracle.rows[id]
        if not row["deleted"]:
            expected: set[Any] = {(None, "not_found")}
        else:
            expected = {
                e
                for e in self.oracle.wrong(row, id, {"isbn", "series", "volume"}, {**self.oracle.live(), id: row}, [])
                if e[1] == "not_unique"
            }
            expected = set(sorted(expected)[:1])  # one key is named
        for outcome in self.compare([expected], lambda: records.restore(self.caller, "book", [id]), True):
            self.mark(outcome, "restore", False)

    @rule(id=consumes(ids))
    def purge(self, id: str) -> None:
        expected = set() if self.oracle.rows[id]["deleted"] else {(None, "not_found")}
        if self.compare([expected], lambda: records.purge(self.caller, "book", [id]), True):
            del self.oracle.rows[id]
        else:
            records.delete(self.caller, "book", [id])
            records.purge(self.caller, "book", [id])
            del self.oracle.rows[id]

    def mark(self, outcome: Any, op: str, deleted: bool) -> None:
        if outcome.ok:
            row = self.oracle.rows[outcome.id]
            row["version"] += 1
            row["deleted"] = deleted
            row["history"].append((row["version"], op, {}))
            assert outcome.version == row["version"]

    @invariant()
    def the_tables_say_the_same(self) -> None:
        look = type(self).look
        columns = ", ".join(FIELDS)
        found = {
            row[0]: (*row[1:-1], row[-1] is not None)
            for row in look(f"select id, {columns}, version, deleted_at from book")
        }
        assert found == {
            id: (*(row[f] for f in FIELDS), row["version"], row["deleted"]) for id, row in self.oracle.rows.items()
        }
        history: dict[str, list[Any]] = {}
        for id, version, op, changes in look("select record, version, op, changes from _history order by seq"):
            kept = {f: pair for f, pair in changes.items() if f in FIELDS}
            history.setdefault(id, []).append((version, op, kept))
        assert {id: history[id] for id in self.oracle.rows} == {id: r["history"] for id, r in self.oracle.rows.items()}
        assert {row[0]: row[1] for row in look("select record, title from _search")} == {
            id: row["title"] for id, row in self.oracle.live().items()
        }


@pytest.fixture(scope="module")
def stage(make_database: Callable[..., str]) -> Any:
    database, tenant = make_library(make_database())
    Writes.caller = as_user(database, tenant, add_user(database, tenant, "ann"))

    def look(sql: str) -> list[tuple[Any, ...]]:
        if sql.startswith("truncate"):
            with database.owner(tenant) as connection:
                connection.execute(sql.encode())
            return []
        with database.transaction(tenant) as tx:
            return tx.rows(sql)

    Writes.look = staticmethod(look)  # type: ignore[assignment]  # a plain function, not a method
    yield
    database.close()


@pytest.mark.slow
def test_batches_do_what_a_dict_would(stage: Any) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Writes,
        settings=settings(
            max_examples=30,
            stateful_step_count=20,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )
