"""`make bench`: every benchmark against its reference in one run; prints the table, writes benchmarks/results.json."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks import endpoints, importing, publishing, querying, starting
from benchmarks.result import Result
from benchmarks.world import World

FOLDER = Path(__file__).parent


def main() -> int:
    """Exit status 0 also where a budget does not hold: the table says so."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", help="comma-separated parts of names")
    parser.add_argument("--small", action="store_true", help="a tenth of the rows, to try the benchmarks themselves")
    given = parser.parse_args()
    wanted = [part for part in (given.only or "").split(",") if part]
    results: list[Result] = []
    with World(scale=0.1 if given.small else 1.0) as world:
        for module in (endpoints, importing, querying, publishing, starting):
            for name, measure in module.BENCHMARKS.items():
                if wanted and not any(part in name for part in wanted):
                    continue
                print(f"… {name}", file=sys.stderr, flush=True)
                results += measure(world)
                print(results[-1].line(), file=sys.stderr, flush=True)
    print("\n".join([Result.head(), *(result.line() for result in results)]))
    if not wanted and not given.small:
        (FOLDER / "results.json").write_text(
            json.dumps([r.json() for r in results], indent=1, ensure_ascii=False) + "\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
