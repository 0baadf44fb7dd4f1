"""`make bench`: every benchmark against its reference in one run; prints the table, writes benchmarks/results.json."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path

from benchmarks import (
    access,
    approvals,
    dashboards,
    endpoints,
    importing,
    outbox,
    plans,
    publishing,
    querying,
    reporting,
    rules,
    starting,
    trends,
    wakeups,
)
from benchmarks.result import Result
from benchmarks.world import World

FOLDER = Path(__file__).parent
ALL = {
    **dashboards.BENCHMARKS,  # while there are 100,000 rows
    **endpoints.BENCHMARKS,
    **importing.BENCHMARKS,
    **querying.BENCHMARKS,
    **access.BENCHMARKS,
    **plans.BENCHMARKS,
    **publishing.BENCHMARKS,
    **starting.BENCHMARKS,
    **rules.BENCHMARKS,
    **wakeups.BENCHMARKS,
    **outbox.BENCHMARKS,
    **approvals.BENCHMARKS,
    **reporting.BENCHMARKS,
    **trends.BENCHMARKS,
    **publishing.AT_LAST,
}


def main() -> int:
    """Exit status 0 also where a budget does not hold: the table says so."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", help="comma-separated parts of names")
    parser.add_argument("--small", action="store_true", help="a tenth of the rows, to try the benchmarks themselves")
    parser.add_argument("--save", action="store_true", help="write results.json although --only is given")
    given = parser.parse_args()
    wanted = [part for part in (given.only or "").split(",") if part]
    results: list[Result] = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are stopped, too
    with World(scale=0.1 if given.small else 1.0) as world:
        for name, measure in ALL.items():
            if wanted and not any(part in name for part in wanted):
                continue
            print(f"… {name}", file=sys.stderr, flush=True)
            found = measure(world)
            print("\n".join(result.line() for result in found), file=sys.stderr, flush=True)
            results += found
            if given.save or not (wanted or given.small):
                _save(found)
    print("\n".join([Result.head(), *(result.line() for result in results)]))
    return 0


def _save(found: list[Result]) -> None:
    """Put these lines in place of those of an earlier run; each says how busy the machine was when it was measured."""
    path = FOLDER / "results.json"
    known = {line["name"]: line for line in json.loads(path.read_text())} if path.exists() else {}
    load = round(os.getloadavg()[0], 1)
    known |= {result.name: result.json() | {"load": load} for result in found}
    path.write_text(json.dumps(list(known.values()), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
