"""How one value of a demo record is drawn. Called by `generate`; the recipes themselves stand in a pack's `demo.yaml`.

A recipe is a constant, or a mapping whose first key says what to do:

    pick: names                    one entry of a list of the file; of an entry that is a mapping `key:` takes a part
    choose: {a: 3, b: 1}           one key, by weight
    text: "{city} {this.name}"     braces hold a list's name, `this.field`, or `field.part` of a mapping or record
    number: [low, high]            evenly spread; `skew: 3` leans towards low; `step: 100` rounds; `as: text`
    date: [-700, 30]               days from today, or from `after: field`; `until: 0` caps it (days from today)
    time: [9, 18]                  with `date`: hour of the day, making a datetime
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


@dataclass
class Draw:
    """What recipes may look at: the dice, the lists, the people, and what was drawn so far.

    `rows` holds the earlier rows by object, each with its "id"; `today` is the day from which days count.
    """

    dice: random.Random
    lists: Mapping[str, Sequence[Any]]
    people: Mapping[str, Sequence[str]]
    today: date
    rows: dict[str, list[Row]] = field(default_factory=dict)
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
        start = self.today
        if "after" in recipe:
            name, _, part = recipe["after"].partition(".")
            given = (parent or {}).get(part) if name == "parent" else self._followed(row, recipe["after"])
            if not given:
                return None
            start = date.fromisoformat(str(given)[:10])
        day = start + timedelta(days=self.dice.randint(*recipe["date"]))
        if "until" in recipe:
            day = min(day, self.today + timedelta(days=recipe["until"]))
        if "time" not in recipe:
            return day.isoformat()
        hour = self.dice.randint(*recipe["time"])
        moment = datetime(day.year, day.month, day.day, hour, self.dice.choice((0, 15, 30, 45)), tzinfo=UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _ref(self, recipe: Mapping[str, Any], row: Row, details: Any, parent: Row | None) -> str | None:
        rows = self.rows.get(recipe["ref"], [])
        for theirs, mine in recipe.get("same", {}).items():
            wanted = row.get(mine) if mine != "parent" else (parent or {}).get("id")
            rows = [r for r in rows if r.get(theirs) == wanted]
        for theirs, allowed in recipe.get("only", {}).items():
            rows = [r for r in rows if r.get(theirs) in allowed]
        return str(self.dice.choice(rows)["id"]) if rows else None

    def _followed(self, row: Row, path: str) -> Any:
        name, _, rest = path.partition(".")
        value = row.get(name)
        return self._followed(self.by_id.get(str(value), {}), rest) if rest else value

    def _from(self, recipe: Mapping[str, Any], row: Row, details: Any, parent: Row | None) -> Any:
        path: str = recipe["from"]
        if path.startswith("parent."):
            return self._followed(parent or {}, path.removeprefix("parent."))
        return self._followed(row, path)

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
