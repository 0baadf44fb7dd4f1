"""Files attached to a record as a whole: its tab, uploads with or without JavaScript, removal."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request

from dougong_metadata.errors import Fault
from dougong_platform.errors import RecordsInvalid
from dougong_platform.files import attachment
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import engine
from dougong_ui_builder import toasts
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.screens.record_values.storing import store
from dougong_ui_builder.screens.records.routes import PAGE, address, blueprint
from dougong_ui_builder.words import gettext, ngettext


@blueprint.post(f"{PAGE}/files")
@page()
def attach(caller: Caller, object: str, id: UUID) -> Response:
    """Take in the chosen files; those that are refused are named, the others kept."""
    refused, kept = [], 0
    for file in request.files.getlist("file"):
        if not file.filename:
            continue
        file.stream.seek(0)  # a view may run twice
        try:
            attachment.upload(
                caller, store(), file.stream, file.filename, engine().dougong.upload_limit, (object, str(id))
            )
            kept += 1
        except RecordsInvalid as fault:
            refused.append(f"{file.filename}: {' '.join(e.message for e in fault.errors)}")
        except Fault as fault:
            if fault.status != 413:
                raise
            refused.append(f"{file.filename}: {fault.message(current_locale())}")
    if refused:
        toasts.say(" ".join(refused), tone="bad")
    elif kept:
        toasts.say(ngettext("%(num)d file attached.", "%(num)d files attached.", kept))
    else:
        toasts.say(gettext("Choose a file first."), tone="bad")
    return redirect_to(address(object, id) + "?tab=files#related")


@blueprint.post(f"{PAGE}/files/<uuid:file>/remove")
@page()
def remove(caller: Caller, object: str, id: UUID, file: UUID) -> Response:
    """Remove a file; one's own, or any for an administrator."""
    attachment.remove(caller, store(), str(file))
    toasts.say(gettext("The file was removed."))
    return redirect_to(address(object, id) + "?tab=files#related")
