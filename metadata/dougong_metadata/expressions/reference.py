"""Writes docs/expression-reference.md from the functions: `python -m dougong_metadata.expressions.reference FILE`.

A test holds the page equal to what this writes.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

from dougong_metadata.expressions.functions import AGGREGATES, FUNCTIONS, GROUPS, Function

_BY_HAND = "reference.md"  # what comes before the functions


def render() -> str:
    """The whole page, in Markdown."""
    parts = [files(__package__).joinpath(_BY_HAND).read_text("utf-8").rstrip()]
    for group, title in GROUPS.items():
        members = [f for f in (*FUNCTIONS.values(), *AGGREGATES.values()) if f.group == group]
        parts.append(f"## {title.en} · {title.zh}")
        parts.extend(_entry(member) for member in members)
    return "\n\n".join(parts) + "\n"


def _entry(function: Function) -> str:
    lines = [f"### `{function.usage}`", "", function.summary.en, "", function.summary.zh, ""]
    if function.aliases:
        lines.append(f"- Also called {', '.join(f'`{alias}`' for alias in function.aliases)}.")
    if function.saving:
        lines.append("- Only in rules that run on a save (validations, automations).")
    if function.past:
        lines.append("- Only in filters (of lists, saved views and list views) and in reports.")
    if function.spanned:
        lines.append("- Only in values of reports (summary, matrix, win_loss) and numbers of dashboards with a period.")
    lines.append(f"- Blanks: {function.blank.en} {function.blank.zh}")
    if function.differs is not None:
        lines.append(f"- Differs: {function.differs.en} {function.differs.zh}")
    for text, result in function.examples.items():
        lines.append(f"- `{text}` → {'blank' if result is None else f'`{result}`'}")
    return "\n".join(lines)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render(), "utf-8")
