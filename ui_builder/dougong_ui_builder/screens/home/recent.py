"""What changed lately among the records one may see: the newest entries of history, one line per record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dougong_platform.query.single import display_names

if TYPE_CHECKING:
    from dougong_metadata.model.types import ObjectModel
    from dougong_platform.http.caller import Caller

LOOKED_AT = 400  # history entries, newest first
SHOWN = 6

_NEWEST = """
select distinct on (h.record) h.object, h.record, h.op, h.at, u.name, h.seq
from (select * from _history order by seq desc limit %(looked)s) h left join "user" u on u.id = h.actor
order by h.record, h.seq desc
"""


@dataclass(frozen=True, slots=True)
class Change:
    """`what` is create, update or restore."""

    object: ObjectModel
    id: str
    title: str
    what: str
    at: str
    who: str | None


def recent_changes(caller: Caller) -> list[Change]:
    """Newest first; deleted records and those out of sight are left out."""
    entry, rows = caller.database.read(caller.tenant, _NEWEST, {"looked": LOOKED_AT}, custom_plan=False)
    caller.verify(entry)
    newest = sorted((r for r in rows if r[2] in ("create", "update", "restore")), key=lambda r: r[5], reverse=True)
    names: dict[str, dict[str, str | None]] = {}
    found: list[Change] = []
    for object, record, what, at, who, _ in newest:
        model = caller.model.objects.get(object)
        if model is None or model.parent is not None or caller.rights.object(object).read == "none":
            continue
        if object not in names:
            names[object] = display_names(caller, object, [r[1] for r in newest if r[0] == object][:100])
        if record in names[object]:
            found.append(Change(model, record, names[object][record] or record[:8], what, at, who))
        if len(found) == SHOWN:
            break
    return found
