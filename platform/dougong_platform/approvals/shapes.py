"""Shapes of the approvals' HTTP answers."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dougong_platform.approvals.reading.may import ACTIONS


class DelegationShape(Schema):
    """`state` is coming, now or over."""

    id = fields.UUID()
    user = fields.UUID()
    user_name = fields.String(data_key="user.name", allow_none=True)
    delegate = fields.UUID()
    delegate_name = fields.String(data_key="delegate.name", allow_none=True)
    flows = fields.List(fields.String())
    starts_at = fields.DateTime()
    ends_at = fields.DateTime(allow_none=True)
    note = fields.String(allow_none=True)
    created_by = fields.UUID(allow_none=True)
    created_by_name = fields.String(data_key="created_by.name", allow_none=True)
    created_at = fields.DateTime()
    state = fields.String(validate=validate.OneOf(("coming", "now", "over")))
    may_end = fields.Boolean()


class DelegationList(Schema):
    """What is over comes last."""

    delegations = fields.List(fields.Nested(DelegationShape))


class SubmittedShape(Schema):
    """What became of one record: the approval, or why there is none (as problem+json)."""

    record = fields.String()
    approval = fields.UUID(allow_none=True)
    state = fields.String(allow_none=True)
    problem = fields.Dict(allow_none=True)


class SubmittedList(Schema):
    """In the order of the records; one alone is answered without the list."""

    submitted = fields.List(fields.Nested(SubmittedShape))


class OfferShape(Schema):
    """A flow that a record could be submitted to, and why it cannot now."""

    flow = fields.String()
    label = fields.String()
    may = fields.Boolean()
    why_not = fields.String(allow_none=True)


class RowShape(Schema):
    """One line of a box; `task` and what follows is null in the box submitted. `behalf`: whose task it is, where that
    is another; `verdict`: the task's state; `quick`: it may be approved without a word."""

    approval = fields.UUID()
    flow = fields.String()
    flow_label = fields.String(data_key="flow.label")
    object = fields.String()
    record = fields.UUID()
    title = fields.String()
    submitter = fields.UUID(allow_none=True)
    submitter_name = fields.String(data_key="submitter.name", allow_none=True)
    submitted_at = fields.DateTime()
    state = fields.String()
    node_label = fields.String(data_key="node.label")
    task = fields.UUID(allow_none=True)
    kind = fields.String(allow_none=True)
    behalf = fields.String(allow_none=True)
    decided_by = fields.String(allow_none=True)
    due_at = fields.DateTime(allow_none=True)
    opened_at = fields.DateTime(allow_none=True)
    closed_at = fields.DateTime(allow_none=True)
    verdict = fields.String(allow_none=True)
    seen_at = fields.DateTime(allow_none=True)
    urged_at = fields.DateTime(allow_none=True)
    quick = fields.Boolean()


class CountsShape(Schema):
    """What waits for one, what one submitted that is under way, copies not seen; each at most 1,000."""

    todo = fields.Integer()
    submitted = fields.Integer()
    cc = fields.Integer()


class InboxShape(Schema):
    """A page, newest first."""

    approvals = fields.List(fields.Nested(RowShape))
    next = fields.String(allow_none=True)
    counts = fields.Nested(CountsShape)


class OfRecordShape(Schema):
    """The approvals of a record, newest first, and the flows that there are for it."""

    approvals = fields.List(fields.Nested(RowShape))
    flows = fields.List(fields.Nested(OfferShape))


class PersonShape(Schema):
    """Somebody."""

    id = fields.UUID()
    name = fields.String(allow_none=True)


class ChooseShape(Schema):
    """Among whom the submitter names how many."""

    least = fields.Integer()
    most = fields.Integer()
    people = fields.List(fields.Nested(PersonShape))


class AskedShape(PersonShape):
    """Somebody who will be asked, why, and whether his approval is there already."""

    why = fields.String(allow_none=True)
    automatic = fields.Boolean()


class RouteStepShape(Schema):
    """One node on the way; `depth`: how many parallel nodes are around it."""

    node = fields.String()
    kind = fields.String()
    label = fields.String()
    depth = fields.Integer()
    state = fields.String()
    need = fields.String()
    branch = fields.String(allow_none=True)
    why = fields.String(allow_none=True)
    people = fields.List(fields.Nested(AskedShape))
    choices = fields.List(fields.Nested(ChooseShape))


class RouteShape(Schema):
    """The way, in order."""

    route = fields.List(fields.Nested(RouteStepShape))


class TaskShape(Schema):
    """Somebody who was asked at a step. `seconds` until he answered, or until now; `answerable`: by the caller."""

    id = fields.UUID()
    user = fields.Nested(PersonShape)
    kind = fields.String(metadata={"description": "decide, consult or cc"})
    state = fields.String()
    place = fields.String(metadata={"description": "base; before, after: added signers of `parent`"})
    parent = fields.UUID(allow_none=True)
    why = fields.String(allow_none=True)
    automatic = fields.String(allow_none=True)
    comment = fields.String(allow_none=True)
    decided_by = fields.Nested(PersonShape, allow_none=True)
    given_by = fields.Nested(PersonShape, allow_none=True)
    opened_at = fields.DateTime(allow_none=True)
    closed_at = fields.DateTime(allow_none=True)
    seen_at = fields.DateTime(allow_none=True)
    seconds = fields.Integer(allow_none=True)
    answerable = fields.Boolean()


class StepShape(Schema):
    """One visit of a node."""

    number = fields.Integer()
    node = fields.String()
    kind = fields.String()
    label = fields.String()
    state = fields.String()
    within = fields.Integer(allow_none=True)
    depth = fields.Integer()
    branch = fields.String(allow_none=True)
    branch_label = fields.String(data_key="branch.label", allow_none=True)
    need = fields.String()
    why = fields.String(allow_none=True)
    entered_at = fields.DateTime(allow_none=True)
    left_at = fields.DateTime(allow_none=True)
    due_at = fields.DateTime(allow_none=True)
    seconds = fields.Integer(allow_none=True)
    tasks = fields.List(fields.Nested(TaskShape))


class EventShape(Schema):
    """One line of the history; `text`: who did what, for whom; `where`: from where."""

    id = fields.String()
    at = fields.DateTime()
    action = fields.String()
    text = fields.String()
    where = fields.String(allow_none=True)
    actor = fields.Nested(PersonShape, allow_none=True)
    behalf = fields.Nested(PersonShape, allow_none=True)
    step = fields.Integer(allow_none=True)
    node = fields.String(allow_none=True)
    node_label = fields.String(data_key="node.label", allow_none=True)
    task = fields.UUID(allow_none=True)
    comment = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    users = fields.List(fields.Nested(PersonShape))
    files = fields.List(fields.UUID())
    changed = fields.Dict()


class FieldShape(Schema):
    """A field of the record as the caller may see it here; `called`: the name of the record that it links to."""

    name = fields.String()
    label = fields.String()
    type = fields.String()
    value = fields.Raw(allow_none=True)
    called = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    masked = fields.Boolean()
    editable = fields.Boolean()


class FileShownShape(Schema):
    """A file of a comment, a decision or a field; fetched below the approval."""

    id = fields.UUID()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    thumbnail = fields.Boolean()


class AnswerableShape(Schema):
    """A task that waits for the caller; `behalf`: whose it is, where that is another."""

    task = fields.UUID()
    behalf = fields.String(allow_none=True)


class TargetShape(Schema):
    """Where it may be returned to."""

    to = fields.String()
    label = fields.String()


class StandingShape(Schema):
    """How an approval stands."""

    id = fields.UUID()
    state = fields.String(validate=validate.OneOf(("running", "returned", "approved", "rejected", "recalled", "ended")))
    turn = fields.Integer(metadata={"description": "Raised by every change."})
    ended_at = fields.DateTime(allow_none=True)


class ApprovalShape(StandingShape):
    """An approval as one reader sees it. `comment`: optional, on_refusal or required, to decide; `broken`: why its
    version of the flow cannot go on."""

    flow = fields.String()
    flow_label = fields.String(data_key="flow.label")
    version = fields.Integer()
    object = fields.String()
    record = fields.UUID()
    readable = fields.Boolean(metadata={"description": "Whether the caller may read the record itself."})
    title = fields.String()
    submitter = fields.Nested(PersonShape, allow_none=True)
    submitted_at = fields.DateTime()
    note = fields.String(allow_none=True)
    urged_at = fields.DateTime(allow_none=True)
    urge_again_at = fields.DateTime(allow_none=True)
    steps = fields.List(fields.Nested(StepShape))
    events = fields.List(fields.Nested(EventShape))
    ahead = fields.List(fields.Nested(RouteStepShape))
    fields_ = fields.List(fields.Nested(FieldShape), data_key="fields")
    files = fields.List(fields.Nested(FileShownShape))
    tasks = fields.List(fields.Nested(AnswerableShape))
    comment = fields.String()
    may = fields.List(fields.String(validate=validate.OneOf(ACTIONS)))
    return_targets = fields.List(fields.Nested(TargetShape))
    broken = fields.String(allow_none=True)


class DecidedShape(Schema):
    """What became of one of many; `problem` as problem+json."""

    approval = fields.String()
    problem = fields.Dict(allow_none=True)


class DecidedList(Schema):
    """In the order in which they were named."""

    decided = fields.List(fields.Nested(DecidedShape))


class SeenShape(Schema):
    """Whether that was new."""

    changed = fields.Boolean()
