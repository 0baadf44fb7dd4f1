"""The Flask application class: request ids, security headers, metrics and the one error handler, without hooks.

Flask's before/after_request lists cost time on every request; these few things are done in two overridden methods.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from os import urandom
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from dougong_metadata.errors import Fault
from dougong_platform.errors import RateLimited
from dougong_platform.http.client_address import TrustedProxies
from dougong_platform.http.metrics import observe
from dougong_platform.http.problem import answer_problem, as_fault
from dougong_tenants import audit

if TYPE_CHECKING:
    from dougong_platform.http.gate import Gate
    from dougong_platform.settings import Settings
    from dougong_tenants import Database

_REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


class Engine(Flask):
    """`gate` lets callers in, `database` reaches tenants, `settings` are the installation's.

    A face may set `page_for_fault(fault) -> Response` to answer people's browsers with a page instead of JSON.
    """

    gate: Gate
    database: Database
    dougong: Settings
    proxies = TrustedProxies()
    page_for_fault: Callable[[Fault], Response] | None = None

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None)
        self.url_map.strict_slashes = False
        self.url_map.merge_slashes = False

    def full_dispatch_request(self) -> Response:
        """Dispatch, answer any exception as a problem, and finish the response."""
        started = time.perf_counter()
        given = request.headers.get("X-Request-Id")
        g.request_id = given if given and _REQUEST_ID.fullmatch(given) else urandom(8).hex()
        g.client_address = self.proxies.address(request)
        with audit.under(ip=g.client_address):
            response = self._dispatched()
        self._finish(response)
        rule = request.url_rule
        observe(rule.rule if rule else "", request.method, response.status_code, time.perf_counter() - started)
        return response

    def _dispatched(self) -> Response:
        try:
            result = self.preprocess_request()
            if result is None:
                result = self.dispatch_request()
            response = self.make_response(result)
            return self.process_response(response) if self.after_request_funcs else response
        except Exception as error:  # noqa: BLE001  # the last place: every failure becomes an answer
            return self._answer_error(error)

    def _answer_error(self, error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
            return self.make_response(error)  # a redirect of the router
        handler = self._find_error_handler(error, request.blueprints)
        if handler is not None:
            return self.make_response(handler(error))  # type: ignore[arg-type]  # handlers here are not coroutines
        if self.page_for_fault is not None and not request.path.startswith("/api/") and _wants_page():
            return self.page_for_fault(as_fault(error))
        if isinstance(error, RateLimited):
            g.limited = error
        return answer_problem(error)

    @staticmethod
    def _finish(response: Response) -> None:
        headers = response.headers
        add = headers._list.append  # `headers[...] =` scans and checks each time; these are ours
        add(("X-Request-Id", g.request_id))
        add(("X-Content-Type-Options", "nosniff"))
        add(("Referrer-Policy", "same-origin"))
        page = response.mimetype == "text/html"
        if "Content-Security-Policy" not in headers:
            add(("Content-Security-Policy", _PAGE_POLICY if page else _API_POLICY))
        if "Cache-Control" not in headers:
            add(("Cache-Control", "no-store"))
        standing = g.get("standing")
        if standing is not None:
            add(("RateLimit-Limit", str(standing.limit)))
            add(("RateLimit-Remaining", str(standing.remaining)))
            add(("RateLimit-Reset", str(standing.reset)))
        else:
            limited = g.get("limited")
            if limited is not None:
                add(("RateLimit-Limit", str(limited.data["limit"])))
                add(("RateLimit-Remaining", "0"))
                add(("RateLimit-Reset", str(limited.data["reset"])))


def _wants_page() -> bool:
    accepted: Iterable[Any] = request.accept_mimetypes.values()
    return "text/html" in accepted
