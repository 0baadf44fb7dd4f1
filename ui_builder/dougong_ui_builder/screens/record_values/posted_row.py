"""A row as a form sent it: values for the write path, uploads stored, words in links looked up. For forms and cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import request

from dougong_metadata.errors import Fault
from dougong_platform.errors import RecordsInvalid
from dougong_platform.files import attachment
from dougong_platform.http.endpoint import engine
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import current_locale, current_timezone
from dougong_ui_builder.posted import read_posted
from dougong_ui_builder.screens.record_values.storing import store
from dougong_ui_builder.suggestions import the_one_called
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel
    from dougong_platform.http.caller import Caller


@dataclass(slots=True)
class PostedRow:
    """`typed` are words in links that name no single record; each has its error."""

    values: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)


def read_row(caller: Caller, fields: Iterable[FieldModel], prefix: str = "") -> PostedRow:
    """The row in the request's form. Files are kept at once, so that an error elsewhere does not lose them."""
    fields = tuple(fields)
    posted = read_posted(fields, request.form, request.files, current_timezone(), prefix)
    row = PostedRow(posted.values)
    by_name = {one.name: one for one in fields}
    for name, words in posted.typed.items():
        found = the_one_called(caller, str(by_name[name].to), words)
        if found is not None:
            row.values[name] = found
        else:
            row.typed[name] = words
            row.errors[name] = [
                gettext(
                    "No single %(thing)s is called “%(words)s”. Choose one from the list.",
                    thing=label_text(caller.model.objects[str(by_name[name].to)]),
                    words=words,
                )
            ]
    for name, uploads in posted.uploads.items():
        for file in uploads:
            try:
                file.stream.seek(0)  # a view may run twice
                kept = attachment.upload(caller, store(), file.stream, file.filename, engine().dougong.upload_limit)
                row.values[name] = [*_kept(row.values.get(name), by_name[name]), kept["id"]]
            except RecordsInvalid as refused:
                row.errors.setdefault(name, []).extend(e.message for e in refused.errors)
            except Fault as fault:
                if fault.status != 413:
                    raise
                row.errors.setdefault(name, []).append(fault.message(current_locale()))
    return row


def _kept(ids: Any, one: FieldModel) -> list[str]:
    """A new signature, or a new file of a field that holds one, takes the place of the old."""
    single = one.type.name == "signature" or one.settings.get("max_files") == 1
    return [] if single or not isinstance(ids, list) else [str(id) for id in ids]
