"""How one value of a demo record is drawn. Called by `generate`; the recipes themselves stand in a pack's `demo.yaml`.

A recipe is a constant, or a mapping whose first key says what to do:

    pick: names                    one entry of a list of the file; of an entry that is a mapping `key:` takes a part
    choose: {a: 3, b: 1}           one key, by weight
    text: "{city} {this.name}"     braces hold a list's name, `this.field`, or `field.part` of a mapping or record
    number: [low, high]            evenly spread; `skew: 3` leans towards low; `step: 100` rounds; `as: text`
    date: [-700, 30]               days from today, or from `after: field`; `until: 0` caps it (days from today);
                                   `skew: 2` leans towards the first
    between: [field, -3]           a day from the one to the other, each a field, days from today or the latest of a
                                   list of them; at most `most` days behind the first, and `least` if there is room
    passed: due, then: …, else: …  whether that day lies in the past, by more than `by` days if given
    time: [9, 18]                  with `date` or `between`: hour (UTC) of the day, making a datetime; {9: 2, 10: 5}: by
                                   weight; `past: true`: never after now; `working: true`: from Monday to Friday
    ref: shelf                     an earlier record of that object; `same: {a: b}` keeps those whose a equals this b
    from: shelf.owner              the value of the record that a reference of this row points to
    person: sales                  a demo user of that group
    total: line.amount             the sum over the details drawn with this row; `of: [a, b]` a product of own fields
    case: stage, won: …, else: …   by the value of another field
    maybe: 0.3, then: …            only sometimes
    several: tags, most: 2         a few different keys of a `choose`
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Row = dict[str, Any]
BRACES = re.compile(r"\{([a-z_.0-9]+)\}")


@dataclass(frozen=True, slots=True)
class Lived:
    """Rows of one entry whose past is still to be written, and its `past` (see `past`)."""

    past: Mapping[str, Any]
    rows: Sequence[Row]


@dataclass
class Draw:
    """What recipes may look at: the dice, the lists, the people, and what was drawn so far.

    `rows` holds the earlier rows by object, each with its "id"; `today` is the day from which days count.
    """

    dice: random.Random
    lists: Mapping[str, Sequence[Any]]
    people: Mapping[str, Sequence[str]]
    today: date
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    rows: dict[str, list[Row]] = field(default_factory=dict)
    lived: list[tuple[str, Lived]] = field(default_factory=list)  # by object
    by_id: dict[str, Row] = field(default_factory=dict)

    def value(self, recipe: Any, row: Row, details: Mapping[str, list[Row]], parent: Row | None = None) -> Any:
        """The value that `recipe` draws for `row`; None leaves the field blank."""
        if not isinstance(recipe, Mapping):
            return recipe
        do = next(iter(recipe))
        step = getattr(self, f"_{do}", None)
        if step is None:
            raise ValueError(f"a demo recipe begins with “{do}”, which is none of the known ones")
        return step(recipe, row, details, parent)

    def _pick(self, recipe: Mapping[str, Any], row: Row, details: Any, parent: Row | None) -> Any:
        entry = self.dice.choice(self.lists[recipe["pick"]])
        return entry.get(recipe["key"]) if "key" in recipe else entry

    def _choose(self, recipe: Mapping[str, Any], row: Row, details: Any, parent: Row | None) -> Any:
        weights: Mapping[str, float] = recipe["choose"]
        return self.dice.choices(list(weights), list(weights.values()))[0]

    def _several(self, recipe: Mapping[str, Any], row: Row, details: Any, parent: Row | None) -> list[Any]:
        keys = list(recipe["several"])
        return self.dice.sample(keys, self.dice.randint(0, min(recipe.get("most", 2), len(keys))))

    def _text(self, recipe: Mapping[str, Any], row: Row, details: Any, parent: Row | None) -> str:
        drawn: Row = {}

        def fill(match: re.Match[str]) -> str:
            name, _, part = match[1].partition(".")
            if name == "this":
                return str(row.get(part) or "")
            if name == "parent":
                return str((parent or {}).get(part) or "")
            if name in row and part:
                known = row[name]
                return str((known if isinstance(known, Mapping) else self.by_id.get(known, {})).get(part) or "")
            entry = drawn.get(name)
            if entry is None:
                entry = drawn[name] = self.dice.choice(self.lists[name])
            return str(entry[part] if part else entry)

        return BRACES.sub(fill, recipe["text"])

    def _number(self, recipe: Mapping[str, Any], row: Row, details: Any, parent: Row | None) -> str | int:
        low, high = recipe["number"]
        share = self.dice.random() ** recipe.get("skew", 1)
        step = Decimal(str(recipe.get("step", 1)))
        raw = Decimal(str(low)) + Decimal(str(share)) * (Decimal(str(high)) - Decimal(str(low)))
        rounded = (raw / step).quantize(Decimal(1), ROUND_HALF_UP) * step
        return int(rounded) if rounded == int(rounded) and recipe.get("as") != "text" else str(rounded)

    def _date(self, recipe: Mapping[str, Any], row: Row, details: Any, parent: Row | None) -> str | None:
        start = self._day(recipe["after"], row, parent) if "after" in recipe else self.today
        if start is None:
            return None
        low, high = recipe["date"]
        return self._dated(start + timedelta(days=self._whole(low, high, recipe)), recipe)

    def _between(self, recipe: Mapping[str, Any], row: Row, details: Any, parent: Row | None) -> str | None:
        start, end = (self._day(one, row, parent) for one in recipe["between"])
        if start is None or end is None:
            return None
        start = min(start, end)
        room = min(max((end - start).days, 0), recipe.get("most", 100_000))
        return self._dated(start + timedelta(days=self._whole(min(recipe.get("least", 0), room), room, recipe)), recipe)

    def _passed(self, recipe: Mapping[str, Any], row: Row, details: Mapping[str, list[Row]], parent: Row | None) -> Any:
        day = self._day(recipe["passed"], row, parent)
        gone = day is not None and day < self.today - timedelta(days=recipe.get("by", 0))
        return self.value(recipe["then"] if gone else recipe.get("else"), row, details, parent)

    def _whole(self, low: int, high: int, recipe: Mapping[str, Any]) -> int:
        skew: float = recipe.get("skew", 1)
        return low + round((high - low) * float(self.dice.random() ** skew))

    def _day(self, given: str | int | list[str | int], row: Row, parent: Row | None) -> date | None:
        """The day that a field says, or so many days from today; of several the latest."""
        if isinstance(given, list):
            return max((day for day in (self._day(one, row, parent) for one in given) if day is not None), default=None)
        if isinstance(given, int):
            return self.today + timedelta(days=given)
        name, _, part = given.partition(".")
        found = (parent or {}).get(part) if name == "parent" else self.followed(row, given)
        return date.fromisoformat(str(found)[:10]) if found else None

    def _dated(self, day: date, recipe: Mapping[str, Any]) -> str:
        if "until" in recipe:
            day = min(day, self.today + timedelta(days=recipe["until"]))
        if recipe.get("working"):
            weekday = self.dice.randint(0, 4)
            day -= timedelta(days=max(day.weekday() - 4, 0) and day.weekday() - weekday)
        if "time" not in recipe:
            return day.isoformat()
        hours = recipe["time"]
        if isinstance(hours, Mapping):
            hour = self.dice.choices(list(hours), list(hours.values()))[0]
        else:
            hour = self.dice.randint(*hours)
        moment = datetime(day.year, day.month, day.day, hour, self.dice.choice((0, 15, 30, 45)), tzinfo=UTC)
        if recipe.get("past"):
            moment = min(moment, self.now - timedelta(minutes=self.dice.randint(1, 90)))
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _ref(self, recipe: Mapping[str, Any], row: Row, details: Any, parent: Row | None) -> str | None:
        rows = self.rows.get(recipe["ref"], [])
        for theirs, mine in recipe.get("same", {}).items():
            wanted = row.get(mine) if mine != "parent" else (parent or {}).get("id")
            rows = [r for r in rows if r.get(theirs) == wanted]
        for theirs, allowed in recipe.get("only", {}).items():
            rows = [r for r in rows if r.get(theirs) in allowed]
        return str(self.dice.choice(rows)["id"]) if rows else None

    def followed(self, row: Row, path: str) -> Any:
        """The value of a field, over references to earlier rows: shelf.owner."""
        name, _, rest = path.partition(".")
        value = row.get(name)
        return self.followed(self.by_id.get(str(value), {}), rest) if rest else value

    def _from(self, recipe: Mapping[str, Any], row: Row, details: Any, parent: Row | None) -> Any:
        path: str = recipe["from"]
        if path.startswith("parent."):
            return self.followed(parent or {}, path.removeprefix("parent."))
        return self.followed(row, path)

    def _person(self, recipe: Mapping[str, Any], row: Row, details: Any, parent: Row | None) -> str:
        return self.dice.choice(self.people[recipe["person"]])

    def _of(self, recipe: Mapping[str, Any], row: Row, details: Any, parent: Row | None) -> str:
        result = Decimal(1)
        for name in recipe["of"]:
            result *= Decimal(str(self._from({"from": name}, row, details, parent)))
        if "less" in recipe:
            result *= 1 - Decimal(str(row.get(recipe["less"]) or 0))
        return str(result.quantize(Decimal("0.01"), ROUND_HALF_UP))

    def _total(self, recipe: Mapping[str, Any], row: Row, details: Mapping[str, list[Row]], parent: Row | None) -> str:
        name, _, column = recipe["total"].partition(".")
        return str(sum((Decimal(str(d[column])) for d in details.get(name, [])), Decimal(0)))

    def _case(self, recipe: Mapping[str, Any], row: Row, details: Mapping[str, list[Row]], parent: Row | None) -> Any:
        branches: Mapping[Any, Any] = recipe  # keys are values of the field, also true and false
        found = row.get(recipe["case"])
        branch = branches[found] if found in branches else recipe.get("else")
        return self.value(branch, row, details, parent)

    def _maybe(self, recipe: Mapping[str, Any], row: Row, details: Mapping[str, list[Row]], parent: Row | None) -> Any:
        return self.value(recipe["then"], row, details, parent) if self.dice.random() < recipe["maybe"] else None
