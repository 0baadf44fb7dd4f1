"""The widget of what changed lately among the records one may see: the newest entries of history, one line a record."""

from __future__ import annotations

from typing import Any

from dougong_platform.dashboards.widget_data import ChangeData
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import display_names

LOOKED_AT = 400  # history entries, newest first
SHOWN = 6

_NEWEST = """
select distinct on (h.record) h.object, h.record, h.op, h.at, u.name, h.seq
from (select * from _history order by seq desc limit %(looked)s) h left join "user" u on u.id = h.actor
order by h.record, h.seq desc
"""


def recent_changes(caller: Caller, limit: int = SHOWN) -> ChangeData:
    """Newest first; deleted records and those out of sight are left out. `what` is create, update or restore."""
    entry, rows = caller.database.read(caller.tenant, _NEWEST, {"looked": LOOKED_AT}, custom_plan=False)
    caller.verify(entry)
    shown = (row for row in rows if row[2] in ("create", "update", "restore"))
    newest = sorted(shown, key=lambda row: (row[3], row[5]), reverse=True)  # imports may tell of earlier days
    names: dict[str, dict[str, str | None]] = {}
    found: list[dict[str, Any]] = []
    for object, record, what, at, who, _ in newest:
        model = caller.model.objects.get(object)
        if model is None or model.parent is not None or caller.rights.object(object).read == "none":
            continue
        if object not in names:
            names[object] = display_names(caller, object, [r[1] for r in newest if r[0] == object][:100])
        if record in names[object]:
            title = names[object][record] or record[:8]
            found.append({"object": object, "id": record, "title": title, "what": what, "at": at, "who": who})
        if len(found) == limit:
            break
    return ChangeData(found)
