"""A tenant whose purchases have a past: random records with random changes at random moments, and the same in plain
Python for oracles. For funnels, cohorts, trends and what filters ask of the past. `make_remembered` makes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from dougong_platform.http.caller import Caller
from dougong_platform.records import create, update
from reading import Reading, make_reading

STAGES = ("idea", "asked", "ordered", "done")
ALL_STAGES = (*STAGES, "void")
SOURCES = ("fair", "post", None)
DOCUMENTS = """
kind: object
name: maker
label: {en: Maker, zh: 制造商}
name_field: name
default_access: read
fields:
  name: {type: text, required: true}
  founded: {type: date}
  met_at: {type: datetime}
  size: {type: integer}
---
kind: object
name: purchase
label: {en: Purchase, zh: 采购}
name_field: title
fields:
  title: {type: text, required: true}
  maker: {type: lookup, to: maker, relation: purchases}
  stage:
    type: picklist
    label: {en: Stage, zh: 阶段}
    values:
      - {value: idea, label: {en: Idea, zh: 意向}}
      - {value: asked, label: {en: Asked, zh: 询价}}
      - {value: ordered, label: {en: Ordered, zh: 下单}}
      - {value: done, label: {en: Done, zh: 完成}}
      - {value: void, label: {en: Void, zh: 作废}}
  source: {type: picklist, label: {en: Source, zh: 来源}, values: [{value: fair, label: {en: Fair, zh: 展会}}, post]}
  level: {type: picklist, values: [low, high]}
  amount: {type: currency, label: {en: Amount, zh: 金额}, scale: 2}
  currency: {type: picklist, values: [CNY, USD]}
  rate: {type: decimal, scale: 4}
  price: {type: currency, label: {en: Price, zh: 价格}, scale: 2, currency_field: currency, rate_field: rate}
  pieces: {type: integer}
  due: {type: date}
  signed_at: {type: datetime}
  urgent: {type: boolean}
  asked_by: {type: user}
  double: {type: formula, returns: currency, formula: amount * 2}
---
kind: pipeline
name: buying
object: purchase
field: stage
label: {en: Buying, zh: 采购流程}
skip: true
reopen: true
stages: {idea: {}, asked: {}, ordered: {}, done: {outcome: won}, void: {outcome: lost}}
---
kind: object
name: errand
history: false
name_field: title
fields:
  title: {type: text}
  purchase: {type: lookup, to: purchase, relation: errands}
  cost: {type: currency, scale: 2}
  on: {type: date}
---
kind: permission_set
name: reader
label: Reader
objects:
  maker: {read: all}
  purchase: {create: true, read: own, update: own}
  errand: {read: all}
fields: {purchase.pieces: none}
"""
START = datetime(2026, 2, 20, tzinfo=UTC)


@dataclass
class Thing:
    """One purchase. `past` are its changes as (moment, {field: value}), the first being its creation; the values are
    as JSON has them. `maker` is an index of the makers made with it."""

    past: list[tuple[datetime, dict[str, Any]]]
    mine: bool = True
    maker: int | None = None
    id: str = ""

    def now(self, name: str) -> Any:
        return self.before(name, datetime.max.replace(tzinfo=UTC))

    def before(self, name: str, moment: datetime) -> Any:
        """What the field held just before the moment."""
        held = None
        for at, changes in self.past:
            if at >= moment:
                break
            held = changes.get(name, held)
        return held

    def value_on(self, name: str, moment: datetime) -> Any:
        """The same; before its creation, what it was created with."""
        held = self.past[0][1].get(name)
        for at, changes in self.past[1:]:
            if at >= moment:
                break
            held = changes.get(name, held)
        return held

    def price(self) -> Decimal:
        """What it costs, in the tenant's currency."""
        return _exchanged(*(self.now(name) for name in ("price", "currency", "rate")))

    def price_on(self, moment: datetime) -> Decimal:
        """The same just before the moment, with the currency and the rate of then."""
        return _exchanged(*(self.value_on(name, moment) for name in ("price", "currency", "rate")))

    def stays(self, name: str = "stage") -> list[tuple[Any, datetime, datetime | None]]:
        """(value, entered, left)."""
        moves = [(at, changes[name]) for at, changes in self.past if name in changes]
        ends = [*(at for at, _ in moves[1:]), None]
        return [(value, at, end) for (at, value), end in zip(moves, ends, strict=False) if value is not None]


@dataclass
class Remembered:
    reading: Reading
    things: list[Thing] = field(default_factory=list)
    makers: list[str] = field(default_factory=list)

    @property
    def admin(self) -> Caller:
        return self.reading.admin

    @property
    def reader(self) -> Caller:
        """Bob, who sees the things that are `mine`."""
        return self.reading.reader

    def fill(self, things: Iterable[Thing], makers: Sequence[dict[str, Any]] = ()) -> list[Thing]:
        """Empty the tenant and write these, each change by a save of its own, then move everything into the past."""
        self.forget()
        self.things = [_without_idle(thing) for thing in things]
        if makers:
            self.makers = _ids(create(self.admin, "maker", [{"name": f"m{n}", **m} for n, m in enumerate(makers)]))
        longest = max((len(thing.past) for thing in self.things), default=0)
        for step in range(longest):
            due = [thing for thing in self.things if len(thing.past) > step]
            rows = [dict(thing.past[step][1]) for thing in due]
            if step == 0:
                for number, (row, thing) in enumerate(zip(rows, due, strict=True)):
                    row |= {"title": f"p{number}", "owner": self.reading.bob if thing.mine else self.reading.ann}
                    row["maker"] = None if thing.maker is None else self.makers[thing.maker]
                for thing, id in zip(due, _ids(create(self.admin, "purchase", rows)), strict=True):
                    thing.id = id
            else:
                update(self.admin, "purchase", [r | {"id": t.id} for r, t in zip(rows, due, strict=True)])
        self._move()
        return self.things

    def forget(self) -> None:
        """Empty the tenant."""
        for table in ("errand", "purchase", "maker", "_stay", "_history", "_search"):
            self.reading.run(f'delete from "{table}" returning 1')
        self.things, self.makers = [], []

    def _move(self) -> None:
        saves = [(t.id, n, at.isoformat()) for t in self.things for n, (at, _) in enumerate(t.past, 1)]
        stays = [(t.id, n, s[1], s[2]) for t in self.things for n, s in enumerate(t.stays(), 1)]
        self.reading.run(
            "update _history h set at = x.at from unnest(%s::uuid[], %s::int[], %s::timestamptz[])"
            " x(record, version, at) where h.record = x.record and h.version = x.version returning 1",
            [[s[0] for s in saves], [s[1] for s in saves], [s[2] for s in saves]],
        )
        self.reading.run(
            "update _stay s set entered_at = x.came, left_at = x.went from unnest(%s::uuid[], %s::int[],"
            " %s::timestamptz[], %s::timestamptz[]) x(record, place, came, went), (select id, row_number() over"
            " (partition by record order by id) as place from _stay) p where p.id = s.id and s.record = x.record"
            " and p.place = x.place returning 1",
            [
                [s[0] for s in stays],
                [s[1] for s in stays],
                [s[2].isoformat() for s in stays],
                [s[3].isoformat() if s[3] else None for s in stays],
            ],
        )
        self.reading.run(
            "update purchase p set created_at = x.at from unnest(%s::uuid[], %s::timestamptz[]) x(id, at)"
            " where p.id = x.id returning 1",
            [[t.id for t in self.things], [t.past[0][0].isoformat() for t in self.things]],
        )


def _exchanged(price: str | None, currency: str | None, rate: str | None) -> Decimal:
    """Blank counts nothing, nor does what has no rate."""
    return money(price) * (1 if currency in (None, "CNY") else money(rate))


def _ids(result: Any) -> list[str]:
    return [str(one.id) for one in result.records]


def _without_idle(thing: Thing) -> Thing:
    """Without saves that change nothing: the write path leaves no trace of them."""
    held: dict[str, Any] = {}
    kept = []
    for at, changes in thing.past:
        real = {name: value for name, value in changes.items() if held.get(name) != value}
        held |= real
        if real or not kept:
            kept.append((at, real))
    return Thing(kept, thing.mine, thing.maker)


def make_remembered(url: str) -> Remembered:
    """The tenant, with nothing in it."""
    return Remembered(make_reading(url, DOCUMENTS, "remembered"))


def midnight(day: date, zone: str) -> datetime:
    """When the day begins there."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


def end_of(day: date, zone: str) -> datetime:
    """When the day is over there."""
    return midnight(day + timedelta(1), zone)


def money(value: Any) -> Decimal:
    """A number as JSON has it; blank counts nothing."""
    return Decimal(value or 0)


# Moments on and beside midnights of several zones, so that ends of days are met exactly.
_moments = st.builds(
    lambda days, hours, seconds: START + timedelta(days=days, hours=hours, seconds=seconds),
    st.integers(0, 60),
    st.sampled_from([0, 4, 5, 9, 16, 23]),
    st.sampled_from([-1, 0, 1]),
)
_values = st.fixed_dictionaries(
    {},
    optional={
        "stage": st.sampled_from((*ALL_STAGES, *ALL_STAGES, None)),
        "level": st.sampled_from(["low", "high", None]),
        "amount": st.sampled_from([None, "0.00", "12.50", "-3.10", "99999.99"]),
        "pieces": st.sampled_from([None, 0, 7, -2]),
        "due": st.sampled_from([None, "2026-03-01", "2026-03-31"]),
        "signed_at": st.sampled_from([None, "2026-03-01T08:00:00Z", "2026-03-31T16:00:00.5Z"]),
        "urgent": st.sampled_from([True, False, None]),
    },
)
_first = st.fixed_dictionaries(
    {"stage": st.sampled_from((*ALL_STAGES, None)), "source": st.sampled_from(SOURCES)},
    optional={"amount": st.sampled_from([None, "5.00", "1000.00"]), "level": st.sampled_from(["low", "high"])},
)
_prices = st.fixed_dictionaries(
    {},
    optional={
        "price": st.sampled_from([None, "10.00", "-0.50", "333.33"]),
        "currency": st.sampled_from([None, "CNY", "USD", "USD"]),
        "rate": st.sampled_from([None, "7.1", "6.5432"]),
    },
)


@st.composite
def _thing(draw: Any, makers: int, priced: bool) -> Thing:
    moments = sorted(draw(st.lists(_moments, min_size=1, max_size=6)))
    changes = [draw(_first), *(draw(_values) for _ in moments[1:])]
    if priced:
        changes = [change | draw(_prices) for change in changes]
    maker = draw(st.none() | st.integers(0, makers - 1)) if makers else None
    return Thing(list(zip(moments, changes, strict=True)), draw(st.booleans()), maker)


def things(most: int = 12, makers: int = 0, priced: bool = False) -> st.SearchStrategy[list[Thing]]:
    """Up to `most` things, each with up to six saves in sixty days; `priced`: with prices, some of them in dollars."""
    return st.lists(_thing(makers, priced), max_size=most)
