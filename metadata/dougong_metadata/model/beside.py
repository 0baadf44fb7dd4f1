"""What a model that is compiled already names: for one document that is compiled beside it (versions of flows, what
people keep for themselves, previews)."""

from __future__ import annotations

from dougong_metadata.expressions.scope import past_of
from dougong_metadata.model.names import Names
from dougong_metadata.model.reading import ADMINISTRATOR
from dougong_metadata.model.types import Model


def names_of(model: Model) -> Names:
    """The names of the model, to check references against; uses are noted in it anew."""
    return Names(
        {name: dict(found.fields) for name, found in model.objects.items()},
        {name: found.record_types for name, found in model.objects.items()},
        {name: found.name_field for name, found in model.objects.items()},
        dict(model.picklists),
        set(model.apps),
        {ADMINISTRATOR, *model.permission_sets},
        {view.name: of for of, views in model.list_views.items() for view in views},
        model.working_days,
        set(model.reports),
        {name: past_of(model)(name) for name in model.objects},
    )
