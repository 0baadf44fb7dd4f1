"""The decorator of every endpoint for signed-in callers: lets the request in, retries once when what was remembered
of the caller had changed, and turns what the view returns into JSON. It also carries the endpoint's description.

    @blueprint.get("/api/v1/shelves/<name>")
    @endpoint("One shelf", answers=ShelfSchema)
    def show(caller: Caller, name: str) -> dict[str, Any]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, request

from dougong_metadata.errors import Fault
from dougong_metadata.kinds import by_folder
from dougong_platform.errors import CallerOutdated
from dougong_platform.http.caller import ANY_KIND, Caller
from dougong_platform.http.confirming import confirm
from dougong_platform.http.csrf import SAFE
from dougong_platform.http.json import answer

if TYPE_CHECKING:
    from dougong_platform.http.engine import Engine

Decorator = Callable[[Callable[..., Any]], Callable[..., Response]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter or header, for the description."""

    name: str
    about: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    place: str = "query"
    required: bool = False
    example: Any = None


@dataclass(frozen=True, slots=True)
class Description:
    """What OpenAPI says about an endpoint. `body`/`answers`: JSON Schema, marshmallow Schema or the words "record",
    "records" (of the object in the path) and so on that `openapi` knows; `errors`: further statuses."""

    summary: str
    body: Any = None
    answers: Any = None
    status: int = 200
    parameters: Sequence[Parameter] = ()
    errors: Sequence[int] = ()
    content_type: str = "application/json"
    system: str | None = None
    reads: bool = False
    body_type: str = "application/json"


def endpoint(
    summary: str,
    *,
    body: Any = None,
    answers: Any = None,
    status: int = 200,
    parameters: Sequence[Parameter] = (),
    errors: Sequence[int] = (),
    system: str | None = None,
    content_type: str = "application/json",
    reads: bool = False,
    body_type: str = "application/json",
    kind: str | None = None,
) -> Decorator:
    """`system`: the system right that the caller must hold (of `metadata` the right to the kind in the path is enough,
    or to any with `kind=ANY_KIND`); `reads`: a POST that changes nothing;
    `content_type` (several: separated by commas) and `body_type`: media types of the answer and the body.

    The view gets the Caller first, then the path's parts; it returns a Response or any JSON value. Raised Faults
    become problem+json.
    """
    scope = system or ("read" if reads else None)
    description = Description(
        summary, body, answers, status, parameters, errors, content_type, system, reads, body_type
    )

    def decorate(view: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(view)
        def enter(**path: Any) -> Response:
            given = attempt(view, system, path, scope, kind)
            return given if isinstance(given, Response) else answer(given, status)

        enter.description = description  # type: ignore[attr-defined]  # read by openapi from the view function
        return enter

    return decorate


def attempt(
    view: Callable[..., Any],
    system: str | None,
    path: Mapping[str, Any],
    scope: str | None = None,
    kind: str | None = None,
    *,
    idle: bool = False,
) -> Any:
    """Run the view for the request's caller; once more with a caller built anew if what was remembered was old.
    `idle`: an open page asks by itself (see Gate.enter).

    Safe for writes: CallerOutdated is raised before anything was done. A refusal may come from memory alone (no such
    field, not allowed), so it counts only once the tenant's state confirms what was remembered.
    """
    gate = engine().gate
    caller = gate.enter(scope=scope, idle=idle)
    try:
        return _run(view, caller, system, path, kind)
    except CallerOutdated:
        pass
    except Fault:
        if gate.holds(caller):
            raise
    return _run(view, gate.enter(anew=True, scope=scope, idle=idle), system, path, kind)


def _run(
    view: Callable[..., Any], caller: Caller, system: str | None, path: Mapping[str, Any], kind: str | None
) -> Any:
    if system is not None:
        caller.require(system, kind or _kind_in(path))
        if request.method not in SAFE:
            confirm(caller)  # who governs others is asked for anew: not every such action looks for itself
    return view(caller, **path)


def _kind_in(path: Mapping[str, Any]) -> str | None:
    """The kind of document that an address is about, by its name or by its folder."""
    if "folder" in path:
        found = by_folder().get(path["folder"])
        return found.name if found is not None else None
    return path.get("kind")


def engine() -> Engine:
    """The running application."""
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]  # flask hides the real type


__all__ = ["ANY_KIND", "Caller", "Description", "Parameter", "endpoint", "engine"]
