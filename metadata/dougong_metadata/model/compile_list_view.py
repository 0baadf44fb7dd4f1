"""List views of all objects; one with all records is generated where an object has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong_metadata.label import Label
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.compile_layout import WIDE
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import ListViewModel, ObjectModel

GENERATED_COLUMNS = 7


def compile_list_views(loaded: Sequence[Loaded], expressions: ExpressionCheck) -> dict[str, list[ListViewModel]]:
    """The list views that documents give, by object."""
    made: dict[str, list[ListViewModel]] = {}
    for one in loaded:
        of = one.body.get("object")
        if one.kind.name == "list_view" and of:
            made.setdefault(of, []).append(
                ListViewModel(
                    one.name,
                    of,
                    Label.of(one.body.get("label"), one.name),
                    tuple(one.body.get("columns", ())),
                    expressions.filter(one, ("filter",), one.body.get("filter"), of),
                    tuple(one.body.get("sort", ())),
                    one.body.get("position", 0),
                    tuple(one.body.get("totals", ())),
                )
            )
    return made


def with_generated(
    objects: Mapping[str, ObjectModel], given: Mapping[str, list[ListViewModel]]
) -> dict[str, tuple[ListViewModel, ...]]:
    """For every object its list views by position, at least one."""
    return {
        name: tuple(sorted(given.get(name, ()), key=lambda view: (view.position, view.name))) or (_generated(model),)
        for name, model in objects.items()
    }


def _generated(model: ObjectModel) -> ListViewModel:
    others = [f.name for f in model.own_fields if f.name != model.name_field and f.type.name not in WIDE]
    columns = (model.name_field, *others[: GENERATED_COLUMNS - 1])
    sort = (model.name_field,) if model.system else ("-created_at",)
    return ListViewModel(
        f"{model.name}_all",
        model.name,
        Label("All", "全部"),
        columns if model.system else (*columns, "owner"),
        None,
        sort,
    )
