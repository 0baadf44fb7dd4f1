"""One line of the benchmark table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Result:
    """`ours` and `reference` in `unit`; `ratio`: how fast ours is beside the reference (1 = equal, 2 = twice as fast),
    or None where the budget is absolute. `limit` bounds `ratio` from below, or `ours` from above."""

    name: str
    ours: float
    reference: float | None
    unit: str
    budget: str
    limit: float
    higher_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        if self.reference is None or not self.ours or not self.reference:
            return None
        return self.ours / self.reference if self.higher_is_better else self.reference / self.ours

    @property
    def holds(self) -> bool:
        if self.ratio is not None:
            return self.ratio >= self.limit
        return self.ours >= self.limit if self.higher_is_better else self.ours <= self.limit

    def json(self) -> dict[str, Any]:
        ratio = None if self.ratio is None else round(self.ratio, 3)
        return {
            "name": self.name,
            "ours": round(self.ours, 4),
            "reference": self.reference and round(self.reference, 4),
            "unit": self.unit,
            "ratio": ratio,
            "budget": self.budget,
            "holds": self.holds,
        }

    @staticmethod
    def head() -> str:
        return "| work | ours | reference | ratio | budget | holds |\n| --- | ---: | ---: | ---: | --- | --- |"

    def line(self) -> str:
        reference = "" if self.reference is None else f"{self.reference:,.3g} {self.unit}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} ×"
        holds = "yes" if self.holds else "**no**"
        return f"| {self.name} | {self.ours:,.3g} {self.unit} | {reference} | {ratio} | {self.budget} | {holds} |"
