"""Every error as RFC 9457 problem+json in the caller's language; the app's one error handler."""

from __future__ import annotations

from typing import Any

import orjson
import psycopg
import structlog
from flask import Response, g, request
from psycopg_pool import PoolTimeout
from werkzeug.exceptions import HTTPException

from dougong_metadata.errors import ExpressionError, Fault, InvalidDocuments
from dougong_platform.errors import (
    BadRequest,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PublishRefused,
    RateLimited,
    RecordsInvalid,
    TooLarge,
    Unavailable,
    UnsupportedMedia,
)
from dougong_platform.http.language import best_locale

log = structlog.get_logger("dougong.http")

_TITLES = {
    400: ("Bad request", "请求有误"),
    401: ("Not signed in", "未登录"),
    403: ("Not allowed", "没有权限"),
    404: ("Not found", "未找到"),
    405: ("Method not allowed", "方法不支持"),
    406: ("Not acceptable", "格式不支持"),
    409: ("Conflict", "冲突"),
    413: ("Too large", "内容过大"),
    415: ("Unsupported media type", "类型不支持"),
    422: ("Invalid", "内容有误"),
    428: ("Precondition required", "缺少前提条件"),
    429: ("Too many requests", "请求过多"),
    500: ("Internal error", "内部错误"),
    503: ("Unavailable", "暂不可用"),
}
_HTTP: dict[int, type[Fault]] = {404: NotFound, 405: MethodNotAllowed, 406: NotAcceptable, 415: UnsupportedMedia}


def caller_locale() -> str:
    """The language of the answer: the caller's (see the gate), or Accept-Language where nobody is let in."""
    caller = g.get("caller")
    if caller is not None:
        return str(caller.locale)
    return best_locale(request.headers.get("Accept-Language"))


def as_fault(error: Exception) -> Fault:
    """The fault that stands for any exception; an unexpected one is logged and becomes a plain Fault (500)."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, HTTPException):
        return _from_http(error)
    if isinstance(error, psycopg.errors.QueryCanceled | PoolTimeout | psycopg.OperationalError):
        log.warning("database_away", error=type(error).__name__, request_id=g.get("request_id"))
        return Unavailable()
    if isinstance(error, psycopg.DataError | UnicodeError):  # a value that no check foresaw: the caller's to mend
        log.warning("value_refused_by_database", error=type(error).__name__, request_id=g.get("request_id"))
        return BadRequest(en="A value has a form that cannot be stored or compared.", zh="有的值无法存储或比较。")
    log.error("request_failed", path=request.path, request_id=g.get("request_id"), exc_info=error)
    return Fault()


def problem(fault: Fault, locale: str) -> dict[str, Any]:
    """The problem+json object of a fault."""
    titles = _TITLES.get(fault.status, _TITLES[500])
    found: dict[str, Any] = {
        "type": f"urn:dougong:problem:{fault.code}",
        "title": titles[locale.startswith("zh")],
        "status": fault.status,
        "detail": fault.message(locale),
        "code": fault.code,
        "errors": _errors(fault, locale),
        "request_id": g.get("request_id"),
    }
    position = getattr(fault, "position", fault.data.get("position"))
    if position is not None:
        found |= {"position": position, "length": fault.data.get("length", 1)}
    if fault.data.get("current") is not None:  # a stale version: what the record holds now
        found["current"] = fault.data["current"]
    if fault.data.get("hint"):
        found["hint"] = fault.data["hint"]
    return found


def answer_problem(error: Exception) -> Response:
    """The response for any exception that left an endpoint."""
    fault = as_fault(error)
    response = Response(
        orjson.dumps(problem(fault, caller_locale())), fault.status, content_type="application/problem+json"
    )
    if fault.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="dougong"'
    if isinstance(fault, RateLimited):
        response.headers["Retry-After"] = str(fault.data["retry_after"])
    if isinstance(fault, Unavailable):
        response.headers["Retry-After"] = "2"
    if isinstance(error, HTTPException) and error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]  # a 405's own
    return response


def _errors(fault: Fault, locale: str) -> list[dict[str, Any]]:
    if isinstance(fault, RecordsInvalid):
        return [error.json() for error in fault.errors]
    if isinstance(fault, PublishRefused) and "stage" in fault.data:
        about = {"field": fault.data["stage"], "code": fault.data["reason"], "message": fault.message(locale)}
        return [about | {"index": None}]
    if isinstance(fault, InvalidDocuments):
        return [
            {
                "field": p.path,
                "code": p.code,
                "message": p.message(locale),
                "index": None,
                "file": p.file,
                "line": p.line,
                "kind": p.kind,
                "name": p.name,
                "hint": p.hint,
            }
            for p in fault.problems
        ]
    if isinstance(fault, ExpressionError):
        return [{"field": None, "code": fault.code, "message": fault.message(locale), "index": None}]
    if isinstance(fault.data.get("field"), str):
        return [{"field": fault.data["field"], "code": fault.code, "message": fault.message(locale), "index": None}]
    return [error.json() for error in fault.data.get("errors", ())]


def _from_http(error: HTTPException) -> Fault:
    code = error.code or 500
    if code == 413:
        return TooLarge(limit="32 MB")
    if code in _HTTP:
        return _HTTP[code]()
    if code < 500:
        return BadRequest(en="The request cannot be understood.", zh="无法理解该请求。")
    log.error("request_failed", path=request.path, request_id=g.get("request_id"), exc_info=error)
    return Fault()
