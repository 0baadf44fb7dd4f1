"""Shapes of the notifications' HTTP bodies."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dougong_platform.notifications.robot_formats import KINDS
from dougong_platform.notifications.topics import EMAIL, TOPICS

_ID = {"format": "uuid"}
_CLOCK = {"pattern": "^[0-2][0-9]:[0-5][0-9]$", "example": "22:00"}


class NotificationShape(Schema):
    """One notification as its receiver may read it. `withheld`: he may not see the record, and hears nothing of it."""

    id = fields.UUID(required=True)
    at = fields.DateTime(required=True)
    topic = fields.String(required=True, metadata={"enum": list(TOPICS)})
    title = fields.String(required=True)
    body = fields.String(required=True)
    object = fields.String(allow_none=True, required=True)
    record = fields.UUID(allow_none=True, required=True)
    actor = fields.UUID(allow_none=True, required=True)
    actor_name = fields.String(allow_none=True, required=True, data_key="actor.name")
    read_at = fields.DateTime(allow_none=True, required=True)
    withheld = fields.Boolean(required=True)
    page = fields.String(
        allow_none=True, required=True, metadata={"description": "Where opening it goes, where that is not the record."}
    )


class NotificationList(Schema):
    """A page, newest first. `unread` counts the whole inbox, up to 100."""

    notifications = fields.List(fields.Nested(NotificationShape), required=True)
    unread = fields.Integer(required=True)
    next = fields.String(allow_none=True, required=True)


class MarkBody(Schema):
    """Which ones: by id, or all (of a topic, up to the one called `until`). `read: false` makes them unread again."""

    ids = fields.List(fields.String(), validate=validate.Length(max=1000))
    all = fields.Boolean()
    topic = fields.String()
    until = fields.String(metadata=_ID)
    read = fields.Boolean(load_default=True)
    moment = fields.String(
        metadata={"description": "With `read: false`: what an answer to `all` called `moment`, to take it back."}
    )


class MarkedShape(Schema):
    """`moment` only where all were marked."""

    changed = fields.Integer(required=True)
    moment = fields.String()


class ChoiceShape(Schema):
    """Where a topic goes."""

    inbox = fields.Boolean()
    email = fields.String(metadata={"enum": list(EMAIL)})
    robot = fields.Boolean()


class QuietShape(Schema):
    """Hours in the user's time zone; they may reach over midnight."""

    begin = fields.String(data_key="from", required=True, metadata=_CLOCK)
    end = fields.String(data_key="to", required=True, metadata=_CLOCK)


class PreferencesBody(Schema):
    """What is absent stays; `quiet: null` takes the quiet hours away."""

    topics = fields.Dict(keys=fields.String(), values=fields.Nested(ChoiceShape))
    quiet = fields.Nested(QuietShape, allow_none=True)
    digest_at = fields.String(metadata={**_CLOCK, "example": "08:30"})


class PreferencesShape(PreferencesBody):
    """With what follows from elsewhere: `mail` is false where no mail server is set up."""

    timezone = fields.String(required=True)
    mail = fields.Boolean(required=True)
    address = fields.String(allow_none=True, required=True)
    robots = fields.Boolean(required=True)


class RobotBody(Schema):
    """A robot whole. Without `address` or `secret` those that are stored stay; a secret of null is removed."""

    name = fields.String(required=True, metadata={"example": "Press team"})
    kind = fields.String(required=True, metadata={"enum": list(KINDS)})
    address = fields.String(load_only=True, metadata={"example": "https://oapi.dingtalk.com/robot/send?access_token=…"})
    secret = fields.String(allow_none=True, load_only=True)
    team = fields.String(allow_none=True, metadata=_ID)
    topics = fields.List(fields.String(), metadata={"description": "None = all."})
    reader = fields.String(required=True, metadata={**_ID, "description": "The group hears what this user may read."})
    locale = fields.String(metadata={"enum": ["en", "zh"]})
    active = fields.Boolean()


class RobotShape(RobotBody):
    """A robot as it is stored: never its address or secret."""

    id = fields.String(required=True, metadata=_ID)
    host = fields.String(required=True)
    has_secret = fields.Boolean(required=True)
    team_name = fields.String(allow_none=True)
    reader_name = fields.String(allow_none=True)
    reader_active = fields.Boolean(required=True)
    told_at = fields.String(allow_none=True)
    problem = fields.String(allow_none=True)
    problem_at = fields.String(allow_none=True)


class RobotList(Schema):
    """All robots by name."""

    robots = fields.List(fields.Nested(RobotShape), required=True)


class TrialShape(Schema):
    """`problem` says why it did not arrive, null where it did."""

    problem = fields.String(allow_none=True, required=True)


class SenderBody(Schema):
    """How the company's mails are signed; null falls back to the installation's."""

    name = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    reply_to = fields.String(allow_none=True)
