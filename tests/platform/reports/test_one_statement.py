"""One report is one statement, whatever its type and with whatever it is compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dougong_metadata.model.compile_report import report_of
from dougong_platform.reports import run
from dougong_platform.reports.asked import Asked
from dougong_tenants import Database
from well_remembered import Remembered, Thing, make_remembered

VALUES = {"n": "COUNT()", "total": "SUM(amount)", "costs": "SUM(errands.cost)"}
TYPES: dict[str, dict[str, Any]] = {
    "summary": {"type": "summary", "rows": ["source", {"by": "created_at", "every": "month"}], "values": VALUES},
    "top": {"type": "summary", "rows": [{"by": "source", "top": 1, "sort": "-n"}], "values": VALUES},
    "matrix": {"type": "matrix", "rows": ["stage"], "columns": ["source"], "values": VALUES},
    "win_loss": {"type": "win_loss", "rows": ["source"]},
    "steps": {"type": "funnel", "funnel": {"steps": {"all": "not ISBLANK(stage)", "far": 'stage = "done"'}}},
    "now": {"type": "funnel", "funnel": {"field": "stage"}, "rows": ["source"], "values": VALUES},
    "stock": {"type": "funnel", "funnel": {"field": "stage", "mode": "stock"}, "rows": ["source"], "values": VALUES},
    "entered": {"type": "funnel", "funnel": {"field": "stage", "mode": "entered"}, "rows": ["source"]},
    "cohort": {"type": "cohort", "cohort": {"born": "created_at", "event": "errands.on"}},
    "trend": {"type": "trend", "trend": {"field": "stage", "amount": "amount"}},
    "list": {"type": "list", "fields": ["title", "maker", "stage"]},
}


class Noting(Database):
    """A database that notes what is asked of it, besides entering."""

    def __init__(self, url: str) -> None:
        super().__init__(url, secret="test")
        self.asked: list[str] = []

    def read(self, tenant: Any, sql: str, *more: Any, **named: Any) -> Any:
        self.asked.append(sql)
        return super().read(tenant, sql, *more, **named)

    def transaction(self, *more: Any, **named: Any) -> Any:
        self.asked.append("a transaction")
        return super().transaction(*more, **named)

    def control(self) -> Any:
        self.asked.append("a transaction")
        return super().control()


@pytest.fixture(scope="module")
def remembered(module_database_url: str) -> Iterator[Remembered]:
    made = make_remembered(module_database_url)
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    made.fill([Thing([(moment, {"stage": s, "source": "fair", "amount": "5.00"})]) for s in ("idea", "done")])
    yield made
    made.reading.database.close()


@pytest.fixture(scope="module")
def noting(module_database_url: str, remembered: Remembered) -> Iterator[Noting]:
    made = Noting(module_database_url)
    yield made
    made.close()


@pytest.mark.parametrize("compare", [None, "previous", "year_ago"])
@pytest.mark.parametrize("period", ["2026-03-01..2026-03-31", "this_year", "all"])
@pytest.mark.parametrize("name", TYPES)
def test_a_report_asks_once(
    remembered: Remembered, noting: Noting, name: str, period: str, compare: str | None
) -> None:
    body = {"object": "purchase", "period": {"field": "created_at"}, **TYPES[name]}
    report = report_of(remembered.admin.model, "one", body)
    caller = replace(remembered.admin, database=noting)
    noting.asked.clear()
    run(caller, report, Asked(period=period, compare=compare))
    assert len(noting.asked) == 1, noting.asked
