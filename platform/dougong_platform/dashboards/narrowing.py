"""What a dashboard's filters owner and department mean for widgets that list records: one more condition each."""

from __future__ import annotations

from dougong_metadata.model.report_types import department_path, owner_path
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import uuid_text
from dougong_platform.query.visible import visible_objects
from dougong_platform.reports.asked import Asked
from dougong_tenants.organisation import organisation_of


def narrowed(caller: Caller, object: str, where: str | None, asked: Asked) -> str | None:
    """`where` with what `asked` says of the owner, for objects that have one. What speaks of the viewer himself
    (`$user`) stays as it is."""
    found = visible_objects(caller.rights)
    if "$user" in (where or "") or object not in found or "owner" not in found[object].fields:
        return where
    parts = [where] if where else []
    if asked.owner and (id := uuid_text(asked.owner)):
        parts.append(f'{owner_path(object, None)} = "{id}"')
    if asked.department and (id := uuid_text(asked.department)):
        inside = ", ".join(f'"{one}"' for one in departments_in(caller, id))
        parts.append(f"{department_path(owner_path(object, None))} in ({inside})")
    return " and ".join(f"({one})" for one in parts) if len(parts) > 1 else (parts[0] if parts else None)


def departments_in(caller: Caller, department: str) -> list[str]:
    """The department and all below it."""
    organisation = organisation_of(caller.database, caller.tenant, caller.stamp)
    below = (one for one in organisation.departments if department in organisation.departments_above(one))
    return [department, *sorted(below)]
