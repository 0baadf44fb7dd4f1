"""HTTP endpoint of exports; screens link to it too."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, request

from dougong_platform.errors import BadRequest
from dougong_platform.exports.columns import now_in
from dougong_platform.exports.files import Export, csv_chunks, rows, xlsx_file
from dougong_platform.exports.noting import Noted
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import Parameter, endpoint
from dougong_platform.query.api import FIELDS, FILTER, SORT

blueprint = Blueprint("exports", __name__)

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMAT = {"type": "string", "enum": ["csv", "xlsx"], "default": "csv"}
_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": _XLSX}


@blueprint.get("/api/v1/records/<object>/export")
@endpoint(
    "Export a list",
    answers="file",
    errors=(400, 403, 404),
    content_type=f"text/csv, {_XLSX}",
    parameters=(Parameter("format", "csv or xlsx.", _FORMAT), FIELDS, FILTER, SORT),
)
def export(caller: Caller, object: str) -> Response:
    """The whole list as a file, with labels in the caller's language."""
    given = Arguments(request, ("format", "fields", "filter", "sort"))
    kind = given.text("format") or "csv"
    if kind not in _TYPES:
        raise BadRequest(en="The format must be csv or xlsx.", zh="format 须为 csv 或 xlsx。")
    asked = Export(object, given.names("fields"), given.text("filter"), given.names("sort") or ())
    columns, lines = rows(caller, asked)
    noted = Noted(caller, asked, kind, columns, lines)
    response = (
        Response(noted.while_sent(csv_chunks(columns, noted)), content_type=_TYPES["csv"])
        if kind == "csv"
        else Response(noted.once_made(xlsx_file(columns, noted)), content_type=_TYPES["xlsx"], direct_passthrough=True)
    )
    label = caller.model.objects[object].plural.text(caller.locale)
    name = f"{label} {now_in(caller.timezone):%Y-%m-%d %H%M}.{kind}"
    both = f"filename=\"{object}.{kind}\"; filename*=UTF-8''{quote(name)}"
    response.headers["Content-Disposition"] = f"attachment; {both}"
    return response
