"""JSON in and out: request bodies with a size limit, answers straight from orjson. Used by every endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson
from flask import Request, Response
from werkzeug.exceptions import RequestEntityTooLarge

from dougong_platform.errors import BadRequest, TooLarge, UnsupportedMedia

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from werkzeug.datastructures import Headers

LARGEST_BODY = 32 * 1024 * 1024  # bytes; files are uploaded by an endpoint with a limit of its own
DEEPEST_BODY = 64  # nested lists and objects


def body(request: Request, largest: int = LARGEST_BODY) -> Any:
    """The request's JSON value. NaN, lone surrogates and deep nesting are refused.

    Raises TooLarge, UnsupportedMedia, BadRequest.
    """
    if request.mimetype not in ("application/json", "") and not request.mimetype.endswith("+json"):
        raise UnsupportedMedia
    if (request.content_length or 0) > largest:
        raise TooLarge(limit=_size(largest))
    request.max_content_length = largest
    try:
        data = request.get_data()  # kept, for the view may run a second time
    except RequestEntityTooLarge:
        raise TooLarge(limit=_size(largest)) from None
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadRequest(
            en=f"The body is not valid JSON: {error.msg} (line {error.lineno}, column {error.colno}).",
            zh=f"请求体不是有效的 JSON（第 {error.lineno} 行第 {error.colno} 列）。",
        ) from None
    if data.count(b"[") + data.count(b"{") > DEEPEST_BODY and _depth_exceeds(value, DEEPEST_BODY):
        raise BadRequest(
            en=f"The body is nested deeper than {DEEPEST_BODY} levels.", zh=f"请求体嵌套超过 {DEEPEST_BODY} 层。"
        )
    return value


def body_object(request: Request, largest: int = LARGEST_BODY) -> dict[str, Any]:
    """The request's JSON object. Raises BadRequest for any other value."""
    value = body(request, largest)
    if not isinstance(value, dict):
        raise BadRequest(en="The body must be a JSON object.", zh="请求体必须是 JSON 对象。")
    return value


class Answer(Response):
    """A body of known length; its headers need no mending, for which werkzeug copies and reads them all."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        return self.headers if self.status_code == 200 else super().get_wsgi_headers(environ)


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`value` as a JSON response."""
    response = Answer(orjson.dumps(value), status, content_type="application/json")
    if headers:
        for name, text in headers.items():
            response.headers[name] = text
    return response


def _depth_exceeds(value: Any, limit: int) -> bool:
    """Level by level, so that the check itself cannot run out of stack."""
    level = [value]
    for _ in range(limit):
        level = [
            inner
            for outer in level
            if isinstance(outer, list | dict)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, list | dict)
        ]
        if not level:
            return False
    return True


def _size(limit: int) -> str:
    return f"{limit // 1024 // 1024} MB" if limit >= 1024 * 1024 else f"{limit // 1024} KB"
