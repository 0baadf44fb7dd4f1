"""Whether own documents mean anything under a model, whoever keeps them: asked by the plan of a publish, by
`dougong check` and by the builder's "where used". It tells what they are called and whose they are, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.label import Label
from dougong_metadata.model.report_types import ReportModel
from dougong_metadata.model.types import FieldModel, Model
from dougong_platform.own_documents.bodies import REPORT, compiled, opened

NAMED = 20  # in one sentence
_KEPT = """
select d.id::text, d.kind, coalesce(o.name, '?'), d.label, d.body, d.shared from _own_document d
  left join "user" o on o.id = d.owner
 where d.deleted_at is null order by d.kind desc, o.name, d.label, d.id
"""
Rows = Callable[[str], Sequence[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What somebody keeps; `owner` is his name."""

    id: str
    kind: str
    owner: str
    label: str
    body: Mapping[str, Any]
    shared: Mapping[str, Mapping[str, str]]


def all_kept(rows: Rows) -> list[Kept]:
    """Everybody's, reports first; `rows` asks within the tenant's schema."""
    return [Kept(*row) for row in rows(_KEPT)]


def fallen(model: Model, kept: Iterable[Kept]) -> list[Kept]:
    """Those that mean nothing under the model; `kept` has reports before dashboards. A dashboard stands as long as only
    an own report within it falls: that widget says so."""
    reports: dict[str, ReportModel] = {}
    found = []
    for one in kept:
        try:
            body = one.body if one.kind == REPORT else opened(one.body, reports)
            made = compiled(model, one.kind, one.id, one.label, body, reports)
        except InvalidDocuments:
            found.append(one)
            continue
        if isinstance(made, ReportModel):
            reports[one.id] = made
    return found


def newly_fallen(base: Model, model: Model, kept: Sequence[Kept]) -> list[Kept]:
    """Those that `model` breaks: they mean something under `base`."""
    found = fallen(model, kept)
    before = {one.id for one in fallen(base, kept)} if found else set()
    return [one for one in found if one.id not in before]


def that_use(model: Model, object: str, field: str | None, kept: Sequence[Kept]) -> list[Kept]:
    """Those that would fall without the object, or without its field."""
    name = field or object
    return newly_fallen(model, _without(model, object, field), [one for one in kept if name in str(one.body)])


def that_show(model: Model, kind: str, name: str, kept: Sequence[Kept]) -> list[Kept]:
    """Those that would fall without the report or the list view."""
    if kind == "report":
        less = replace(model, reports={key: one for key, one in model.reports.items() if key != name})
    elif kind == "list_view":
        views = {of: tuple(one for one in known if one.name != name) for of, known in model.list_views.items()}
        less = replace(model, list_views=views)
    else:
        return []
    return newly_fallen(model, replace(less, hash=f"{model.hash} -{kind}/{name}"), kept)


def _without(model: Model, object: str, field: str | None) -> Model:
    def stays(one: FieldModel) -> bool:
        return one.object != object or field not in (None, one.name)

    objects = {
        name: replace(
            known,
            fields={key: one for key, one in known.fields.items() if stays(one)},
            details=tuple(filter(stays, known.details)),
            referrers=tuple(filter(stays, known.referrers)),
        )
        for name, known in model.objects.items()
        if name != object or field is not None
    }
    return replace(model, hash=f"{model.hash} -{object}.{field or ''}", objects=objects)


def named(kept: Sequence[Kept]) -> Label:
    """“Books by shelf” (Ann), “Late ones” (Bob) and 3 more."""
    return listed([(Label(one.label, one.label), one.owner) for one in kept])


def listed(found: Sequence[tuple[Label, str]]) -> Label:
    """The same of what is called so and belongs to whom."""

    def said(zh: bool) -> Iterator[str]:
        for label, owner in found[:NAMED]:
            yield f"「{label.zh}」（{owner}）" if zh else f"“{label.en}” ({owner})"

    more = len(found) - NAMED
    en, zh = ", ".join(said(False)), "、".join(said(True))
    return Label(f"{en} and {more:,} more" if more > 0 else en, f"{zh}等 {len(found):,} 个" if more > 0 else zh)
