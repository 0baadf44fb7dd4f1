"""The page of the gallery, in Markdown: dashboards, then reports by folder, each with its names, what it is for, who
sees it, and its picture or first rows. Called by the command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dougong_metadata.model.dashboard_types import DashboardModel
from dougong_metadata.model.types import Model
from dougong_metadata.report_words import TYPES
from dougong_platform.demo.gallery.readers import Shown

HEAD = """\
# The reports and dashboards of the sales pack

This page and its pictures are written by
`python -m dougong_platform.demo.gallery docs/pictures/reports docs/report-gallery.md` from the pack and its demo
data: it starts servers of its own, makes the demo company, and shows each report as the first of its people sees it
who holds a permission set that it is for. No company and no person is real; the numbers change with the day on which
the page is written. What the parts of a report mean is told in [reports.md](reports.md); each report and dashboard can
be changed in the builder, or copied and changed as one's own.

本页由演示数据生成：列出销售包自带的每个仪表盘与报表、用途、适用权限集及图示。
"""


def page(model: Model, shown: Sequence[Shown], drawn: set[str], folder: str) -> str:
    """`drawn` are the names of the pictures in `folder` (as the page links to it), without their ending."""
    parts = [HEAD, "## Dashboards · 仪表盘\n"]
    parts += ["\n".join(_dashboard(model, one, folder)) for one in model.dashboards.values()]
    known = ""
    for one in sorted(shown, key=lambda s: s.report.position):
        heading = f"## {one.report.folder.en} · {one.report.folder.zh}\n" if one.report.folder else "## Other · 其他\n"
        if heading != known:
            parts.append(heading)
            known = heading
        parts.append("\n".join(_report(model, one, drawn, folder)))
    return "\n".join(parts).rstrip() + "\n"


def _dashboard(model: Model, one: DashboardModel, folder: str) -> Iterator[str]:
    yield f"### {one.label.en} · {one.label.zh}\n"
    if one.description is not None:
        yield f"{one.description.en}\n\n{one.description.zh}\n"
    yield f"`{one.name}`, {'open to' if one.only else 'home of'}: {_sets(model, one.for_sets)}.\n"
    yield f"![{one.label.en}]({folder}/board-{one.name}.svg)\n"


def _report(model: Model, one: Shown, drawn: set[str], folder: str) -> Iterator[str]:
    report = one.report
    yield f"### {report.label.en} · {report.label.zh}\n"
    if report.description is not None:
        yield f"{report.description.en}\n\n{report.description.zh}\n"
    object = model.objects[report.object]
    kind = TYPES[report.type][0].lower()
    about = f"{object.plural.en.lower()} · {object.label.zh}"
    yield f"`{report.name}`: {kind}, {about}. For: {_sets(model, report.for_sets)}.\n"
    if report.name in drawn:
        yield f"![{report.label.en}]({folder}/{report.name}.svg)\n"
    else:
        yield from _table(one.table)


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield _line(rows[0])
    yield _line(["---"] * len(rows[0]))
    for row in rows[1:]:
        yield _line(row)
    yield ""


def _line(cells: Sequence[str]) -> str:
    said = [" ".join(cell.split()).replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(said)} |"


def _sets(model: Model, names: frozenset[str]) -> str:
    known = [one for one in model.permission_sets.values() if one.name in names]
    return ", ".join(f"{one.label.en} {one.label.zh}" for one in known) or "everybody who may read the records"
