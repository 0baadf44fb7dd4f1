"""Shapes of the HTTP bodies under /api/v1/metadata."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

_BACKGROUND = "Leave it to the worker (202), or do not; if absent, what takes more than about 5 s is left to it."


_STAGES = "`pipeline.stage`: the stage to which its records go."
_STAGE = r"[a-z][a-z0-9_]{0,39}\..{1,100}\Z"


def _stages(*, forgets: bool = False, **more: Any) -> fields.Dict:
    """Where records go whose stage is taken away; `forgets`: null takes back what was said."""
    return fields.Dict(
        keys=fields.String(validate=validate.Regexp(_STAGE)),
        values=fields.String(validate=validate.Length(1, 100), allow_none=forgets),
        validate=validate.Length(max=500),
        metadata={"description": _STAGES},
        **more,
    )


class StagesSchema(Schema):
    """Where records go whose stage is taken away; null takes back what was said."""

    stages = _stages(forgets=True, required=True)


class PublishSchema(Schema):
    """What was planned, and a note on it."""

    base = fields.Integer(required=True, strict=True, metadata={"description": "The plan's base release."})
    draft_hash = fields.String(load_default=None, allow_none=True, metadata={"description": "The plan's draft_hash."})
    note = fields.String(load_default="", validate=validate.Length(max=2000))
    stages = _stages(load_default=dict)
    background = fields.Boolean(load_default=None, allow_none=True, metadata={"description": _BACKGROUND})


class RestoreSchema(Schema):
    base = fields.Integer(load_default=None, allow_none=True, strict=True)
    note = fields.String(load_default="", validate=validate.Length(max=2000))
    stages = _stages(load_default=dict)
    background = fields.Boolean(load_default=None, allow_none=True, metadata={"description": _BACKGROUND})


class PackSchema(Schema):
    name = fields.String(required=True, validate=validate.Length(max=100))


class PublishedSchema(Schema):
    """The release in force afterwards."""

    release = fields.Integer(required=True)


class RefusalSchema(Schema):
    """Why a publish failed."""

    code = fields.String(required=True)
    message = fields.String(allow_none=True)
    data = fields.Dict()


class ProgressSchema(Schema):
    """How far the publish is that began last, or what became of it."""

    base = fields.Integer(required=True)
    target = fields.Integer(required=True, metadata={"description": "The release that it makes."})
    state = fields.String(required=True, validate=validate.OneOf(["preparing", "switched", "done", "failed"]))
    done = fields.Integer(required=True, metadata={"description": "Finished steps."})
    steps = fields.Integer(allow_none=True, metadata={"description": "All steps; null until the work begins."})
    rows_done = fields.Integer(allow_none=True, metadata={"description": "Rows written so far."})
    rows = fields.Integer(allow_none=True, metadata={"description": "Rows to be written, an estimate."})
    note = fields.String()
    by = fields.String(allow_none=True)
    started = fields.String()
    ended = fields.String(allow_none=True)
    error = fields.Nested(RefusalSchema, allow_none=True)


class DocumentSchema(Schema):
    """A document as it is in the draft or the release."""

    kind = fields.String(required=True)
    name = fields.String(required=True)
    document = fields.Dict(required=True)
    hash = fields.String(required=True, metadata={"description": "For If-Match; also in ETag."})
    draft = fields.Boolean(required=True, metadata={"description": "Whether it differs from the release."})


class ChangeSchema(Schema):
    kind = fields.String(required=True)
    name = fields.String(required=True)
    change = fields.String(required=True, validate=validate.OneOf(["add", "change", "delete"]))
    by = fields.String(allow_none=True)
    at = fields.String()
    hash = fields.String()
    base = fields.String(allow_none=True)


class DraftSchema(Schema):
    base = fields.Integer(required=True)
    draft_hash = fields.String(required=True)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    stages = fields.Dict(metadata={"description": _STAGES})


class ReleaseSchema(Schema):
    number = fields.Integer(required=True)
    at = fields.String(required=True)
    by = fields.String(allow_none=True)
    by_name = fields.String(allow_none=True)
    note = fields.String()
    restored = fields.Integer(allow_none=True)
    current = fields.Boolean()
    documents = fields.Integer()


class ReleasesSchema(Schema):
    releases = fields.List(fields.Nested(ReleaseSchema), required=True)
