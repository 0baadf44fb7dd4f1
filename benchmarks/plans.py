"""How PostgreSQL reads a list under access, kept in docs/plans: one page with its count as each of three people."""

from __future__ import annotations

import re
from typing import Any

from benchmarks.access import company, server
from benchmarks.result import Result
from benchmarks.world import FOLDER, World
from dougong_platform.query.listing import Question, statement_of

_NOISE = ("Index Searches", "Heap Fetches", "Storage:", "Memory", "Heap Blocks", "Buffers")
_FIELDS = ("title", "amount", "close_date", "company.name")


def plans(world: World) -> list[Result]:
    """Writes docs/plans/<server>.md; no line of the table."""
    made = company(world)
    question = Question("deal", _FIELDS, ("-close_date",), None, 50, True, False)
    below = len(made.organisation.reach(made.director, made.now).below) - 1
    parts = [f"# {server(world)}\n\nPlans of one list page with its capped count on {made.rows:,} rows.\n"]
    for user, who in (
        (made.director, f"Director, {below} people below"),
        (made.rep, "Representative, 500 records of his own"),
        (made.admin, "Administrator"),
    ):
        caller = made.caller(user)
        text = statement_of(caller, question).for_tenant(made.tenant.schema, caller.release.number)
        explain = "explain (analyze, costs off, timing off, summary on, buffers off) "
        for _ in range(4):  # the last of several: caches are warm
            _, rows = made.database.read(made.tenant, explain + text, caller.environment)
        parts.append(f"## {who}\n\n```text\n" + "\n".join(_shortened([row[0] for row in rows], made)) + "\n```\n")
    name = server(world).lower().replace(" ", "-")
    path = FOLDER.parent / "docs" / "plans" / f"{name}.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(parts))
    return []


def _shortened(lines: list[str], made: Any) -> list[str]:
    """Without what was never run, and with lists of ids as their length."""
    found: list[str] = []
    skipped: int | None = None
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if skipped is not None and depth > skipped:
            continue
        skipped = depth if "(never executed)" in line else None
        if skipped is not None or any(word in line for word in _NOISE):
            continue
        line = re.sub(r"'\{[^}]*\}'::uuid\[\]", lambda m: f"[{m[0].count(',') + 1} ids]", line)
        line = re.sub(r"'[0-9a-f-]{36}'::uuid", "[id]", line).replace(f"{made.tenant.schema}.", "")
        found.append(line if len(line) <= 150 else line[:149] + "…")
    return found


BENCHMARKS = {"access: plans": plans}
