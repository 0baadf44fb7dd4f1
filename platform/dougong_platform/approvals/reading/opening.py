"""Opens a file for somebody who sees an approval: one that stands with a decision or a comment there, or one in a field
of the record that the approval shows him. Called by the API and the approval's page."""

from __future__ import annotations

from dougong_platform.approvals.moves.attached import BINDING
from dougong_platform.approvals.reading.progress import progress
from dougong_platform.approvals.sight.seeing import require_sight
from dougong_platform.errors import NotFound
from dougong_platform.files.attachment import Opened, opened, row_of
from dougong_platform.files.store import FileStore
from dougong_platform.http.caller import Caller


def open_file(caller: Caller, store: FileStore, approval: str, file: str, *, thumbnail: bool = False) -> Opened:
    """Raises NotFound for what the caller does not see there."""
    found = require_sight(caller, approval)
    row = row_of(caller, file)
    if (row["object"], row["record"]) == (BINDING, found.id):
        return opened(caller, store, row, thumbnail=thumbnail)
    if (row["object"], row["record"]) == (found.object, found.record) and row["field"] is not None:
        for one in progress(caller, approval).fields:
            shown = one.field.object == found.object and one.field.name == row["field"]
            if shown and row["id"] in (one.value or ()):
                return opened(caller, store, row, thumbnail=thumbnail)
    raise NotFound
