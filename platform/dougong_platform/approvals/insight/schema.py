"""Shapes of the HTTP bodies and answers of statistics, versions, try-outs and explanations."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dougong_platform.approvals.shapes import StepShape
from dougong_platform.approvals.statistics.statements import BEHIND
from dougong_platform.approvals.try_out.comparing import CHANGES
from dougong_platform.approvals.try_out.past import OVER

_RATE = {"description": "A share of 1; null where there is nothing to divide by."}
_SECONDS = {"description": "Seconds."}


class Counted(Schema):
    """Approvals by what became of them."""

    approved = fields.Integer()
    rejected = fields.Integer()
    recalled = fields.Integer()
    ended = fields.Integer()


class DayShape(Schema):
    """A day of the company's time zone."""

    day = fields.Date()
    submitted = fields.Integer()
    finished = fields.Integer()
    outcomes = fields.Nested(Counted)


class Times(Schema):
    """From asking to the answer; `ninth`: nine of ten were faster. `open`, and since when the oldest of them, are those
    of now."""

    median = fields.Float(allow_none=True, metadata=_SECONDS)
    ninth = fields.Float(allow_none=True, metadata=_SECONDS)
    rejected = fields.Integer()
    returned = fields.Integer()
    open = fields.Integer()
    oldest = fields.DateTime(allow_none=True)
    late = fields.Integer()


class NodeTimesShape(Times):
    """A node; `working`: the median in the default calendar's working time."""

    node = fields.String()
    label = fields.String()
    decided = fields.Integer()
    working = fields.Float(allow_none=True, metadata=_SECONDS)
    limited = fields.Integer(metadata={"description": "Steps that had a time limit; `late` of them took longer."})


class PersonTimesShape(Times):
    """Somebody; whoever has had something waiting longest comes first."""

    user = fields.UUID()
    name = fields.String(allow_none=True)
    approved = fields.Integer()
    transferred = fields.Integer()


class StatisticsShape(Schema):
    """How a flow goes from one day to another, both included."""

    flow = fields.String()
    object = fields.String()
    since = fields.Date(data_key="from")
    until = fields.Date(data_key="to")
    submitted = fields.Integer()
    finished = fields.Integer()
    outcomes = fields.Nested(Counted)
    running = fields.Integer()
    returned = fields.Integer()
    oldest = fields.DateTime(allow_none=True)
    rejection_rate = fields.Float(allow_none=True, metadata=_RATE)
    sent_back = fields.Integer()
    return_rate = fields.Float(allow_none=True, metadata=_RATE)
    median = fields.Float(allow_none=True, metadata=_SECONDS)
    ninth = fields.Float(allow_none=True, metadata=_SECONDS)
    limited = fields.Integer()
    late = fields.Integer()
    late_rate = fields.Float(allow_none=True, metadata=_RATE)
    days = fields.List(fields.Nested(DayShape))
    nodes = fields.List(fields.Nested(NodeTimesShape))
    people = fields.List(fields.Nested(PersonTimesShape))


class BehindShape(Schema):
    """One approval behind a figure; `title` is null where you may not know what it says."""

    approval = fields.UUID()
    title = fields.String(allow_none=True)
    state = fields.String()
    submitter = fields.String(allow_none=True)
    submitted_at = fields.DateTime()
    ended_at = fields.DateTime(allow_none=True)


class BehindList(Schema):
    """Up to 200, the newest first."""

    figure = fields.String(validate=validate.OneOf(tuple(BEHIND)))
    approvals = fields.List(fields.Nested(BehindShape))


class VersionShape(Schema):
    """A version of a flow; `since`: when something was first submitted under it. `current`: it is the one in force;
    `broken`: why what runs under it cannot go on."""

    number = fields.Integer()
    since = fields.DateTime()
    release = fields.Integer()
    running = fields.Integer()
    finished = fields.Integer()
    current = fields.Boolean()
    broken = fields.String(allow_none=True)


class FitShape(Schema):
    """An approval under another version than the present one; `misfit`: why it cannot be moved, null if it can."""

    approval = fields.UUID()
    version = fields.Integer()
    state = fields.String()
    title = fields.String(allow_none=True)
    submitted_at = fields.DateTime()
    misfit = fields.String(allow_none=True)


class VersionList(Schema):
    """The newest first; `others` are up to 1,000 that run under other versions than the present one."""

    versions = fields.List(fields.Nested(VersionShape))
    others = fields.List(fields.Nested(FitShape))


class MoveBody(Schema):
    """Which approvals; without `ids` all that fit."""

    ids = fields.List(fields.UUID(), validate=validate.Length(1, 1_000))


class MovedShape(Schema):
    """What became of one: null, or why it was not moved."""

    approval = fields.UUID()
    problem = fields.Dict(allow_none=True)


class MovedList(Schema):
    """One for each."""

    moved = fields.List(fields.Nested(MovedShape))


class TryOutBody(Schema):
    """The flow in force, or its `version`, its `draft`, or a `document` that is in no release; `limit` bounds `lines`,
    not what is counted."""

    since = fields.AwareDateTime(required=True, data_key="from")
    until = fields.AwareDateTime(required=True, data_key="to")
    over = fields.String(load_default="submitted", validate=validate.OneOf(OVER))
    version = fields.Integer(validate=validate.Range(1))
    draft = fields.Boolean()
    document = fields.Dict(keys=fields.String(), values=fields.Raw())
    change = fields.String(validate=validate.OneOf(CHANGES))
    limit = fields.Integer(load_default=200, validate=validate.Range(0, 1_000))


class VisitShape(Schema):
    """A node on the way, who is asked there, and the branches that are entered."""

    node = fields.String()
    kind = fields.String()
    state = fields.String()
    people = fields.List(fields.UUID())
    branches = fields.List(fields.String())


class TriedLine(Schema):
    """One record; `name` is null where you may not see it. `change`: way, people, refused (`refusal` says whether by
    entry or record_type) or same; null where nothing was submitted."""

    record = fields.UUID()
    name = fields.String(allow_none=True)
    at = fields.DateTime()
    submitter = fields.UUID(allow_none=True)
    approval = fields.UUID(allow_none=True)
    state = fields.String(allow_none=True)
    ends = fields.String(allow_none=True)
    change = fields.String(allow_none=True)
    refusal = fields.String(allow_none=True)
    would = fields.List(fields.Nested(VisitShape))
    did = fields.List(fields.Nested(VisitShape), allow_none=True)


class ShareShape(Schema):
    """How many would pass a node (`branch` null) or a branch of it, and how many did. `known`: the flow that was tried
    has it."""

    node = fields.String()
    branch = fields.String(allow_none=True)
    kind = fields.String()
    would = fields.Integer()
    did = fields.Integer()
    known = fields.Boolean()


class ChangeCounts(Schema):
    """Records by what is different."""

    way = fields.Integer()
    people = fields.Integer()
    refused = fields.Integer()
    same = fields.Integer()


class TriedFlow(Schema):
    """What the flow would have done. `records` were tried, `gone` ones are no longer there; `more`: the period holds
    further ones."""

    flow = fields.String()
    over = fields.String()
    since = fields.DateTime(data_key="from")
    until = fields.DateTime(data_key="to")
    records = fields.Integer()
    gone = fields.Integer()
    more = fields.Boolean()
    changes = fields.Nested(ChangeCounts)
    ends = fields.Dict(keys=fields.String(), values=fields.Integer())
    shares = fields.List(fields.Nested(ShareShape))
    lines = fields.List(fields.Nested(TriedLine))
    notices = fields.List(fields.String())


class WayShape(Schema):
    """A branch, in its order."""

    name = fields.String()
    label = fields.String()
    condition = fields.String()
    taken = fields.Boolean()


class SeenShape(Schema):
    """What stood in a field when a branch was chosen."""

    path = fields.String()
    label = fields.String()
    value = fields.Raw(allow_none=True)


class StepExplainedShape(StepShape):
    """A step as of the approval, and why: whom its rules ask, how many must agree, how long they have, its branches
    with the values that their conditions read, who was left out or replaced, and why a task (by id) counts as
    approved though nobody said so."""

    rules = fields.List(fields.String())
    agree = fields.String(allow_none=True)
    limit = fields.String(allow_none=True)
    ways = fields.List(fields.Nested(WayShape))
    saw = fields.List(fields.Nested(SeenShape))
    notes = fields.List(fields.String())
    automatic = fields.Dict(keys=fields.String(), values=fields.String())


class ExplanationShape(Schema):
    """Why an approval went as it did, as far as you may know."""

    approval = fields.UUID()
    flow = fields.String()
    flow_label = fields.String(data_key="flow.label")
    version = fields.Integer()
    entry = fields.String(allow_none=True)
    steps = fields.List(fields.Nested(StepExplainedShape))
    broken = fields.String(allow_none=True)
