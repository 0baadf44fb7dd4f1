"""Shapes of the hand-over endpoints' bodies and answers."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from dougong_platform.hand_overs.store import STATES

_ID = {"format": "uuid"}
_RECEIVERS = validate.Length(max=100)


class ChoiceSchema(Schema):
    """Which records of one object; nothing given: all."""

    filter = fields.String(allow_none=True, metadata={"example": 'state = "open"'})
    ids = fields.List(fields.String(), allow_none=True, validate=validate.Length(max=10_000))
    to = fields.List(fields.String(metadata=_ID), allow_none=True, validate=_RECEIVERS)


class PeopleSchema(Schema):
    """What else goes: reports (people), departments, teams and documents (reports and dashboards of his own, and what
    he has sent) to the successor (the first receiver unless named); tokens and sessions end."""

    reports = fields.Boolean()
    departments = fields.Boolean()
    teams = fields.Boolean()
    documents = fields.Boolean()
    tokens = fields.Boolean()
    sessions = fields.Boolean()
    successor = fields.String(allow_none=True, metadata=_ID)


class HandOverSchema(Schema):
    """From whom, what and to whom. Several receivers take turns; without `objects`, all go."""

    from_user = fields.String(required=True, metadata=_ID)
    to_users = fields.List(fields.String(metadata=_ID), validate=_RECEIVERS)
    objects = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(ChoiceSchema, allow_none=True),
        allow_none=True,
        metadata={"description": "By object: {filter, ids, to}; null or {} for all its records."},
    )
    people = fields.Nested(PeopleSchema)


PREVIEW = {
    "type": "object",
    "required": ["from_user", "records", "owned", "objects", "receivers", "people"],
    "properties": {
        "from_user": {"type": "object"},
        "records": {"type": "integer", "description": "How many records go"},
        "owned": {"type": "integer"},
        "objects": {"type": "array", "items": {"type": "object"}},
        "receivers": {"type": "array", "items": {"type": "object"}},
        "people": {"type": "object"},
        "cannot_read": {
            "type": "array",
            "description": "Receivers who may read nothing of an object of which they get records",
            "items": {"type": "object"},
        },
    },
}
_SHOWN: dict[str, Any] = {
    "id": {"type": "string", "format": "uuid"},
    "from_user": {"type": "string", "format": "uuid"},
    "to_users": {"type": "array", "items": {"type": "string", "format": "uuid"}},
    "objects": {"type": ["object", "null"]},
    "people": {"type": "object"},
    "state": {"type": "string", "enum": list(STATES)},
    "total": {"type": "integer"},
    "done": {"type": "integer", "description": "Records settled: moved, passed over or refused"},
    "counts": {"type": "object"},
    "moved": {"type": ["object", "null"]},
    "problem": {"type": ["object", "null"]},
    "undoable": {"type": "boolean"},
    "created_at": {"type": "string", "format": "date-time"},
    "created_by": {"type": "string", "format": "uuid"},
    "finished_at": {"type": ["string", "null"], "format": "date-time"},
    "undone_at": {"type": ["string", "null"], "format": "date-time"},
}
_LEFT = {
    "type": "array",
    "description": "The first 200 records that stayed, and why",
    "items": {"type": "object"},
}
HAND_OVER = {
    "type": "object",
    "required": ["id", "from_user", "to_users", "state", "total", "done", "undoable"],
    "properties": _SHOWN,
}
HAND_OVER_AND_LEFT = {**HAND_OVER, "properties": {**_SHOWN, "left": _LEFT}}
HAND_OVERS = {"type": "object", "properties": {"hand_overs": {"type": "array", "items": HAND_OVER}}}
