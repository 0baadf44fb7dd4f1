"""Builds the OpenAPI document: every endpoint of the application, those of records once per object to be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from marshmallow import Schema
from werkzeug.routing import Rule

from dougong_metadata.model.types import ObjectModel
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import Description, Parameter
from dougong_platform.http.engine import Engine
from dougong_platform.openapi.marshmallow_schemas import json_schema
from dougong_platform.openapi.shapes import NAMED, PROBLEM, batch, page, record, record_to_write
from dougong_platform.query.visible import visible_objects

JsonSchema = dict[str, Any]

_PART = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ALWAYS = (400, 401, 403, 429)
_REASONS = {
    400: "Not understood",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not there",
    409: "Conflict",
    413: "Too large",
    415: "Not JSON",
    422: "Not valid",
    428: "Version needed",
    429: "Too many requests",
    503: "Busy",
}
_WRITES = {"POST": "create", "PUT": "create", "PATCH": "update", "DELETE": "delete"}


def openapi(app: Engine, caller: Caller) -> JsonSchema:
    """The document as Python values."""
    return _Writer(app, caller).document()


class _Writer:
    def __init__(self, app: Engine, caller: Caller) -> None:
        self._app, self._caller = app, caller
        self._objects = visible_objects(caller.rights)
        self._schemas: dict[str, JsonSchema] = {"Problem": PROBLEM}

    def document(self) -> JsonSchema:
        paths: dict[str, JsonSchema] = {}
        for rule in self._app.url_map.iter_rules():
            view = self._app.view_functions[rule.endpoint]
            description = getattr(view, "description", None)
            if not isinstance(description, Description) or not rule.rule.startswith("/api/"):
                continue
            if description.system is not None and description.system not in self._caller.rights.system:
                continue
            for path, object in self._paths(rule):
                for method in sorted(set(rule.methods or ()) & set(_METHODS)):
                    if object is None or self._offered(object, method, description, rule):
                        operation = self._operation(rule, description, method, object, view.__doc__)
                        paths.setdefault(path, {})[method.lower()] = operation
        tenant = self._caller.tenant
        return {
            "openapi": "3.1.0",
            "info": {
                "title": f"{tenant.label.text(self._caller.locale)} · Dougong",
                "version": str(self._caller.release.number),
            },
            "servers": [{"url": "/"}],
            "security": [{"token": []}],
            "paths": dict(sorted(paths.items())),
            "components": {
                "schemas": self._schemas,
                "responses": self._responses(),
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
        }

    def _paths(self, rule: Rule) -> Iterator[tuple[str, ObjectModel | None]]:
        """The path in OpenAPI's form; one per object where records are meant."""
        path = _PART.sub(r"{\1}", rule.rule)
        if "/records/{object}" not in path:
            yield path, None
            return
        for object in self._objects.values():
            yield path.replace("{object}", object.name), object

    def _offered(self, object: ObjectModel, method: str, description: Description, rule: Rule) -> bool:
        """Users, departments and teams are read here and written elsewhere; others as far as the caller's rights go."""
        if method == "GET":
            return not rule.rule.endswith("/export") or self._caller.rights.object(object.name).export
        if object.system:
            return False
        if description.body in ("record", "records", "record or records") or method == "DELETE":
            return self._caller.rights.may(object.name, _WRITES[method])
        return True

    def _operation(
        self, rule: Rule, description: Description, method: str, object: ObjectModel | None, doc: str | None
    ) -> JsonSchema:
        name = rule.endpoint.replace(".", "_")
        operation: JsonSchema = {
            "operationId": f"{name}_{object.name}" if object is not None else name,
            "summary": description.summary,
            "tags": [object.name if object is not None else rule.endpoint.split(".")[0]],
            "parameters": [*self._path_parameters(rule, object), *map(_parameter, description.parameters)],
            "responses": self._answers(rule, description, object, method),
        }
        if doc:
            operation["description"] = " ".join(doc.split())
        body = self._shape(description.body, object, method, answer=False)
        if body is not None:
            operation["requestBody"] = {"required": True, "content": {description.body_type: {"schema": body}}}
        return operation

    def _path_parameters(self, rule: Rule, object: ObjectModel | None) -> Iterator[JsonSchema]:
        for name in _PART.findall(rule.rule):
            if name == "object" and object is not None:
                continue
            schema: JsonSchema = {"type": "string", "minLength": 1}
            if name == "object":
                schema = {"type": "string", "enum": list(self._objects)}
            elif name == "id":
                schema = {"type": "string", "format": "uuid"}
            elif name == "field" and object is not None:
                unique = [f.name for f in object.fields.values() if f.unique or f.type.name == "external_key"]
                schema = {"type": "string", "enum": unique} if unique else schema
            elif name == "n":
                schema = {"type": "integer", "minimum": 1}
            yield {"name": name, "in": "path", "required": True, "schema": schema}

    def _answers(self, rule: Rule, description: Description, object: ObjectModel | None, method: str) -> JsonSchema:
        answers: JsonSchema = {}
        if description.status == 204:
            answers["204"] = {"description": "Done"}
        else:
            shape = self._shape(description.answers, object, method, answer=True) or {}
            answers[str(description.status)] = {
                "description": "Done",
                "content": {kind.strip(): {"schema": shape} for kind in description.content_type.split(",")},
            }
            if method == "PUT" and description.body == "record":
                answers["201"] = answers[str(description.status)]
        statuses = {*_ALWAYS, *description.errors}
        if rule.arguments:
            statuses.add(404)
        if description.body is not None:
            statuses |= {413, 415}
        for status in sorted(statuses):
            answers[str(status)] = {"$ref": f"#/components/responses/{status}"}
        return answers

    def _shape(self, given: Any, object: ObjectModel | None, method: str, *, answer: bool) -> JsonSchema | None:
        if given is None:
            return None
        if isinstance(given, str):
            return self._named(given, object, method, answer=answer)
        if isinstance(given, dict):
            return given
        if isinstance(given, type) and issubclass(given, Schema):
            name = f"{given.__name__.removesuffix('Schema')}{'' if answer else 'Body'}"
            self._schemas.setdefault(name, json_schema(given, answer=answer))
            return _reference(name)
        return {}

    def _named(self, word: str, object: ObjectModel | None, method: str, *, answer: bool) -> JsonSchema:
        if word in NAMED:
            self._schemas.setdefault(word, NAMED[word])
            return _reference(word)
        if object is None:
            return {"type": "object"}
        if answer:
            self._schemas.setdefault(object.name, record(self._caller, object))
            return page(_reference(object.name)) if word == "page" else _reference(object.name)
        new = method in ("POST", "PUT")
        name = f"{object.name}.{'new' if new else 'change'}"
        self._schemas.setdefault(name, record_to_write(self._caller, object, new=new))
        one, many = _reference(name), batch(_reference(name), with_id=not new)
        return {"record": one, "records": many}.get(word) or {"anyOf": [one, many]}

    @staticmethod
    def _responses() -> JsonSchema:
        content = {"application/problem+json": {"schema": _reference("Problem")}}
        return {str(status): {"description": reason, "content": content} for status, reason in _REASONS.items()}


def _parameter(given: Parameter) -> JsonSchema:
    found: JsonSchema = {
        "name": given.name,
        "in": given.place,
        "description": given.about,
        "schema": dict(given.schema),
    }
    if given.required:
        found["required"] = True
    if given.example is not None:
        found["example"] = given.example
    return found


def _reference(name: str) -> JsonSchema:
    return {"$ref": f"#/components/schemas/{name}"}
