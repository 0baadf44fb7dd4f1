"""HTTP endpoints of files: upload (multipart `file`, or the bytes themselves with ?name=), list, download, remove."""

from __future__ import annotations

from typing import IO, Any
from urllib.parse import quote

from flask import Blueprint, Response, request, send_file
from werkzeug.exceptions import RequestEntityTooLarge

from dougong_platform.errors import BadRequest, TooLarge
from dougong_platform.files import attachment
from dougong_platform.files.schema import FileList, FileShape
from dougong_platform.files.store import FileStore
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.endpoint import Caller, Parameter, endpoint, engine

blueprint = Blueprint("files", __name__)

_BODY = {"type": "string", "format": "binary"}
_NAME = Parameter("name", "The file's name, where the body is the file itself.")
_OF_RECORD = "/api/v1/records/<object>/<id>/files"
_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})  # browsers show them and run nothing
_FORM_OVERHEAD = 64 * 1024  # bytes of a multipart body beside the file


@blueprint.post("/api/v1/files")
@endpoint(
    "Upload a file",
    body=_BODY,
    answers=FileShape,
    status=201,
    errors=(400, 413, 422),
    parameters=(_NAME,),
    body_type="application/octet-stream",
)
def upload(caller: Caller) -> dict[str, Any]:
    """The file; write its id into a file field of a record to attach it. Loose files are removed after a day."""
    stream, name = _uploaded()
    return attachment.upload(caller, store(), stream, name, engine().dougong.upload_limit)


@blueprint.post(_OF_RECORD)
@endpoint(
    "Attach a file to a record",
    body=_BODY,
    answers=FileShape,
    status=201,
    errors=(400, 403, 404, 413, 422),
    parameters=(_NAME,),
    body_type="application/octet-stream",
)
def attach(caller: Caller, object: str, id: str) -> dict[str, Any]:
    """The file."""
    stream, name = _uploaded()
    return attachment.upload(caller, store(), stream, name, engine().dougong.upload_limit, (object, id))


@blueprint.get(_OF_RECORD)
@endpoint("Files of a record", answers=FileList, errors=(400, 403, 404))
def list_files(caller: Caller, object: str, id: str) -> dict[str, Any]:
    """{"files": […]}."""
    Arguments(request, ())
    return {"files": attachment.list_files(caller, object, id)}


@blueprint.get("/api/v1/files/<file>")
@endpoint("Download a file", errors=(403, 404), answers=_BODY)
def download(caller: Caller, file: str) -> Response:
    """The bytes, as a download unless they are a picture."""
    return sent(attachment.open_file(caller, store(), file))


@blueprint.get("/api/v1/files/<file>/thumbnail")
@endpoint("A small picture of an image", errors=(403, 404), answers=_BODY)
def thumbnail(caller: Caller, file: str) -> Response:
    """A WebP of at most 480 pixels."""
    return sent(attachment.open_file(caller, store(), file, thumbnail=True))


@blueprint.delete("/api/v1/files/<file>")
@endpoint("Remove a file", status=204, errors=(403, 404, 409))
def remove(caller: Caller, file: str) -> Response:
    """Nothing. A file that a field holds goes by changing the record."""
    attachment.remove(caller, store(), file)
    return Response(status=204)


def store() -> FileStore:
    """Where files are kept."""
    return FileStore(engine().dougong.home)


def _uploaded() -> tuple[IO[bytes], str | None]:
    """The stream and the name of the request's file."""
    given = Arguments(request, ("name",))
    limit = engine().dougong.upload_limit
    request.max_content_length = limit + _FORM_OVERHEAD
    try:
        if request.mimetype != "multipart/form-data":
            return request.stream, given.text("name")
        found = request.files.get("file")
    except RequestEntityTooLarge:
        raise TooLarge(limit=f"{limit // 1024 // 1024} MB") from None
    if found is None:
        raise BadRequest(en="The form needs a part called “file”.", zh="表单缺少名为 file 的文件。")
    return found.stream, found.filename


def disposition(name: str, *, inline: bool) -> str:
    """A Content-Disposition that no name can break out of: plain letters for old readers, UTF-8 for the others."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in " ._-") else "_" for c in name)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def sent(opened: attachment.Opened) -> Response:
    """A file as an answer."""
    inline = opened.media_type in _INLINE
    response = send_file(
        opened.path,
        mimetype=opened.media_type
        if inline or not opened.media_type.startswith("text/")
        else "text/plain; charset=utf-8",
        etag=opened.sha256,
        conditional=True,
        max_age=0,
    )
    response.headers["Content-Disposition"] = disposition(opened.name, inline=inline)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-cache"
    return response
