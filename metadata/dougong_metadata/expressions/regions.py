"""What values a field may have, as sets that can be cut and turned round exactly: spans of numbers and dates, words
that are meant or left out, and blank. Used by `cases`."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Protocol

Point = Decimal | date


class Values(Protocol):
    """A set of values, blank aside."""

    def cut(self, other: Values) -> Values:
        """What is in both."""

    def turned(self) -> Values:
        """What is not in it."""

    @property
    def is_empty(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Words:
    """Those of `words`, or (`others`) all but those."""

    words: frozenset[Hashable] = frozenset()
    others: bool = False

    def cut(self, other: Values) -> Words:
        assert isinstance(other, Words)
        if self.others and other.others:
            return Words(self.words | other.words, True)
        if self.others:
            return Words(other.words - self.words)
        return Words(self.words - other.words if other.others else self.words & other.words)

    def turned(self) -> Words:
        return Words(self.words, not self.others)

    @property
    def is_empty(self) -> bool:
        return not self.words and not self.others


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` to `high`; None = without end. Whether the ends belong to it is said by `with_low` and `with_high`."""

    low: Point | None = None
    high: Point | None = None
    with_low: bool = False
    with_high: bool = False

    @property
    def is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return _above(self.low, self.high) or (self.low == self.high and not (self.with_low and self.with_high))

    def cut(self, other: Span) -> Span:
        low, with_low = self.low, self.with_low
        if other.low is not None and (low is None or _above(other.low, low)):
            low, with_low = other.low, other.with_low
        elif other.low == low:
            with_low = with_low and other.with_low
        high, with_high = self.high, self.with_high
        if other.high is not None and (high is None or _above(high, other.high)):
            high, with_high = other.high, other.with_high
        elif other.high == high:
            with_high = with_high and other.with_high
        return Span(low, high, with_low, with_high)

    def whole(self) -> Span:
        """The same whole numbers, or days, with ends that belong to it."""
        low, high = self.low, self.high
        if isinstance(low, Decimal):
            low = low.to_integral_value(ROUND_CEILING) if self.with_low else low.to_integral_value(ROUND_FLOOR) + 1
        elif low is not None and not self.with_low and low < date.max:
            low += timedelta(1)
        if isinstance(high, Decimal):
            high = high.to_integral_value(ROUND_FLOOR) if self.with_high else high.to_integral_value(ROUND_CEILING) - 1
        elif high is not None and not self.with_high and high > date.min:
            high -= timedelta(1)
        return Span(low, high, self.with_low or low != self.low, self.with_high or high != self.high)


@dataclass(frozen=True, slots=True)
class Spans:
    """Any of these spans. `whole`: of whole numbers, or days."""

    spans: tuple[Span, ...] = (Span(),)
    whole: bool = False

    @classmethod
    def of(cls, spans: Iterable[Span], whole: bool) -> Spans:
        found = (span.whole() if whole else span for span in spans)
        return cls(tuple(span for span in found if not span.is_empty), whole)

    def cut(self, other: Values) -> Spans:
        assert isinstance(other, Spans)
        return Spans.of((a.cut(b) for a in self.spans for b in other.spans), self.whole)

    def turned(self) -> Spans:
        left = Spans((Span(),), self.whole)
        for span in self.spans:
            sides = []
            if span.low is not None:
                sides.append(Span(None, span.low, False, not span.with_low))
            if span.high is not None:
                sides.append(Span(span.high, None, not span.with_high, False))
            left = left.cut(Spans(tuple(sides), self.whole))
        return left

    @property
    def is_empty(self) -> bool:
        return not self.spans


@dataclass(frozen=True, slots=True)
class Region:
    """What one field may be: one of `values`, or blank where `blank` says so."""

    values: Values
    blank: bool = False

    def cut(self, other: Region) -> Region:
        return Region(self.values.cut(other.values), self.blank and other.blank)

    def turned(self) -> Region:
        """Everything else, blank included where it was not."""
        return Region(self.values.turned(), not self.blank)

    @property
    def is_empty(self) -> bool:
        return not self.blank and self.values.is_empty


def _above(a: Point, b: Point) -> bool:
    return a > b  # type: ignore[operator]  # both are numbers, or both are days: they bound one field
