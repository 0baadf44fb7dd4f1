"""What is wrong with a body, each thing at the item that causes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from dougong_metadata.problems import Problem
from dougong_ui_builder.screens.reports.designing.body import LISTED

_LISTED = re.compile(rf"({'|'.join(LISTED)})\[(\d+)\]")
_NAMED = re.compile(r"(values|funnel\.steps)\.([a-z][a-z0-9_]*)")
# Parts of the panel, by the first word of a path.
_PARTS = frozenset(
    ("where", "period", "compare", "having", "sort", "limit", "chart", "funnel", "cohort", "trend", "label", "owner")
)
TOP = ""  # the address of what belongs nowhere


def address_of(path: str) -> str:
    """The item or part that a problem's path is in: "rows[0].by" is rows.0."""
    if found := _LISTED.match(path):
        return f"{found.group(1)}.{found.group(2)}"
    if found := _NAMED.match(path):
        return f"{'steps' if found.group(1) != 'values' else 'values'}.{found.group(2)}"
    first = re.split(r"[.\[]", path, maxsplit=1)[0]
    return {"compare": "period"}.get(first, first) if first in _PARTS else TOP


def by_address(problems: Iterable[Problem], locale: str) -> Mapping[str, list[str]]:
    """Sentences by address."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        sentences = found.setdefault(address_of(problem.path), [])
        if (text := problem.message(locale)) not in sentences:
            sentences.append(text)
    return found
