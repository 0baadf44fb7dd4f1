"""Shapes of the approvals' HTTP bodies."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from dougong_platform.approvals.moves.attached import MOST as MOST_FILES
from dougong_platform.approvals.moves.deciding import MOST_AT_ONCE, MOST_SIGNERS, VERDICTS
from dougong_platform.approvals.moves.governing import ENDINGS
from dougong_platform.approvals.moves.submit import MOST

_ID = {"format": "uuid"}


def _ids(most: int, about: str = "", *, required: bool = False, least: int = 0) -> fields.List[Any]:
    length = validate.Length(min=least, max=most)
    return fields.List(fields.String(metadata=_ID), required=required, validate=length, metadata={"description": about})


def _choices() -> fields.Dict:
    return fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String(metadata=_ID), validate=validate.Length(max=MOST_SIGNERS)),
        metadata={"description": "Users by node, where the submitter names who approves."},
    )


class StageBody(Schema):
    """The stage whose gate asks for the approval; `move`: the record moves there once it is approved."""

    pipeline = fields.String(required=True)
    stage = fields.String(required=True)
    move = fields.Boolean(load_default=False)


class SubmitBody(Schema):
    """One record (`id`) or many (`ids`)."""

    flow = fields.String(required=True)
    object = fields.String(required=True)
    id = fields.String(metadata=_ID)
    ids = _ids(MOST, least=1)
    note = fields.String(allow_none=True)
    choices = _choices()
    stage = fields.Nested(StageBody, allow_none=True)


class RouteBody(Schema):
    """The record that would be submitted."""

    flow = fields.String(required=True)
    object = fields.String(required=True)
    id = fields.String(required=True, metadata=_ID)
    choices = _choices()


class DecisionBody(Schema):
    """`to` (return): "submitter" or an earlier node; `back`: from there it comes straight back. `values` change fields
    that the node lets its approvers change; `add_after`: who has to agree behind one. `task`: which of several."""

    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    comment = fields.String(allow_none=True)
    to = fields.String(allow_none=True)
    back = fields.Boolean(load_default=False)
    values = fields.Dict(keys=fields.String(), allow_none=True)
    files = _ids(MOST_FILES, "Files that were uploaded for this and stand nowhere yet.")
    add_after = _ids(MOST_SIGNERS)
    task = fields.String(allow_none=True, metadata=_ID)


class DecisionsBody(Schema):
    """The same for many."""

    ids = _ids(MOST_AT_ONCE, required=True, least=1)
    verdict = fields.String(required=True, validate=validate.OneOf(("approve", "reject")))
    comment = fields.String(allow_none=True)


class TransferBody(Schema):
    """To whom."""

    to = fields.String(required=True, metadata=_ID)
    comment = fields.String(allow_none=True)


class SignersBody(Schema):
    """Who has to agree first."""

    users = _ids(MOST_SIGNERS, required=True, least=1)
    comment = fields.String(allow_none=True)


class ConsultationBody(Schema):
    """Whose opinion is asked for."""

    users = _ids(MOST_SIGNERS, required=True, least=1)
    question = fields.String(allow_none=True)


class OpinionBody(Schema):
    """What one thinks."""

    text = fields.String(required=True)


class SayingBody(Schema):
    """`mentions` are told of it; `files` were uploaded for this."""

    text = fields.String(load_default="")
    mentions = _ids(MOST_SIGNERS)
    files = _ids(MOST_FILES)


class RecallBody(Schema):
    """Why."""

    reason = fields.String(allow_none=True)


class ResubmissionBody(Schema):
    """What is other now."""

    note = fields.String(allow_none=True)


class ReassignmentBody(Schema):
    """Who is asked in place of the one whose task it is."""

    task = fields.String(required=True, metadata=_ID)
    to = fields.String(required=True, metadata=_ID)
    reason = fields.String(required=True)


class JumpBody(Schema):
    """Where it goes on."""

    node = fields.String(required=True)
    reason = fields.String(required=True)


class EndBody(Schema):
    """How it ends."""

    outcome = fields.String(required=True, validate=validate.OneOf(ENDINGS))
    reason = fields.String(required=True)


class DelegationBody(Schema):
    """`delegate` decides for `user` (absent: for oneself), from `starts_at` (absent: now) to `ends_at` (absent: until
    it is ended), under these `flows` (none: all)."""

    delegate = fields.String(required=True, metadata=_ID)
    user = fields.String(allow_none=True, metadata=_ID)
    flows = fields.List(fields.String(), validate=validate.Length(max=200))
    starts_at = fields.AwareDateTime(allow_none=True)
    ends_at = fields.AwareDateTime(allow_none=True)
    note = fields.String(allow_none=True)
