"""HTTP endpoints of notifications: one's own inbox and preferences; robots and the mails' sender for administrators."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.errors import BadRequest
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.bodies import load_body
from dougong_platform.http.endpoint import Caller, Parameter, endpoint
from dougong_platform.notifications import inbox, robot_settings, sender_settings
from dougong_platform.notifications.preferences import keep_preferences, preferences
from dougong_platform.notifications.schema import (
    MarkBody,
    MarkedShape,
    NotificationList,
    PreferencesBody,
    PreferencesShape,
    RobotBody,
    RobotList,
    RobotShape,
    SenderBody,
    TrialShape,
)
from dougong_platform.notifications.shown import Shown
from dougong_platform.notifications.topics import TOPICS

blueprint = Blueprint("notifications", __name__)
_INBOX = "/api/v1/notifications"
_PREFERENCES = "/api/v1/me/notification-preferences"
_ROBOTS = "/api/v1/robots"
_SENDER = "/api/v1/mail-sender"


@blueprint.get(_INBOX)
@endpoint(
    "One's notifications",
    answers=NotificationList,
    errors=(400,),
    parameters=(
        Parameter("unread", "Only those that wait.", {"type": "boolean"}),
        Parameter("topic", "Only those of one topic.", {"type": "string", "enum": list(TOPICS)}),
        Parameter("limit", "Notifications per page.", {"type": "integer", "minimum": 1, "maximum": inbox.MOST}),
        Parameter("cursor", "`next` of the page before."),
    ),
)
def list_notifications(caller: Caller) -> dict[str, Any]:
    """{"notifications": […], "unread", "next"}, newest first."""
    given = Arguments(request, ("unread", "topic", "limit", "cursor"))
    found = inbox.entries(
        caller,
        only_unread=given.truth("unread"),
        topic=given.text("topic"),
        limit=given.whole("limit", 50),
        cursor=given.text("cursor"),
    )
    return {
        "notifications": [_shown(one) for one in found.entries],
        "unread": inbox.unread(caller).unread,
        "next": found.next,
    }


@blueprint.post(f"{_INBOX}/read")
@endpoint("Mark notifications as read", body=MarkBody, answers=MarkedShape, errors=(400, 404, 422))
def mark_notifications(caller: Caller) -> dict[str, Any]:
    """{"changed"}, and "moment" where all were marked."""
    given = load_body(request, MarkBody, caller.locale)
    if given.get("ids") is not None:
        return {"changed": inbox.mark(caller, given["ids"], read=given["read"])}
    if not given["read"] and given.get("moment"):
        return {"changed": inbox.take_back(caller, given["moment"])}
    if given["read"] and given.get("all"):
        changed, moment = inbox.mark_all(caller, topic=given.get("topic"), until=given.get("until"))
        return {"changed": changed, "moment": moment}
    raise BadRequest(
        en="Give “ids”, or “all”, or “read”: false with a “moment”.", zh="请给出 ids、all，或 read: false 与 moment。"
    )


@blueprint.get(_PREFERENCES)
@endpoint("What one is told, and where", answers=PreferencesShape)
def show_preferences(caller: Caller) -> dict[str, Any]:
    """The caller's own."""
    return preferences(caller).json()


@blueprint.put(_PREFERENCES)
@endpoint("Choose what one is told, and where", body=PreferencesBody, answers=PreferencesShape, errors=(400, 422))
def put_preferences(caller: Caller) -> dict[str, Any]:
    """The caller's own, as they are then."""
    given = load_body(request, PreferencesBody, caller.locale)
    if given.get("quiet"):
        given["quiet"] = {"from": given["quiet"]["begin"], "to": given["quiet"]["end"]}
    return keep_preferences(caller, given).json()


@blueprint.get(_ROBOTS)
@endpoint("The groups' robots", answers=RobotList, errors=(403,), system="people")
def list_robots(caller: Caller) -> dict[str, Any]:
    """{"robots": […]} by name."""
    return {"robots": [one.json() for one in robot_settings.robots(caller)]}


@blueprint.post(_ROBOTS)
@endpoint(
    "Add a group's robot", body=RobotBody, answers=RobotShape, status=201, errors=(400, 403, 422), system="people"
)
def add_robot(caller: Caller) -> dict[str, Any]:
    """The new robot."""
    return robot_settings.keep_robot(caller, None, load_body(request, RobotBody, caller.locale)).json()


@blueprint.put(f"{_ROBOTS}/<id>")
@endpoint("Replace a group's robot", body=RobotBody, answers=RobotShape, errors=(400, 403, 404, 422), system="people")
def put_robot(caller: Caller, id: str) -> dict[str, Any]:
    """The robot as it is then."""
    return robot_settings.keep_robot(caller, id, load_body(request, RobotBody, caller.locale)).json()


@blueprint.delete(f"{_ROBOTS}/<id>")
@endpoint("Remove a group's robot", status=204, errors=(403, 404), system="people")
def delete_robot(caller: Caller, id: str) -> Response:
    """What it has said stays in the group."""
    robot_settings.remove_robot(caller, id)
    return Response(status=204)


@blueprint.post(f"{_ROBOTS}/<id>/try")
@endpoint("Let a group's robot say hello", answers=TrialShape, errors=(403, 404), system="people")
def try_robot(caller: Caller, id: str) -> dict[str, Any]:
    """{"problem"}."""
    return {"problem": robot_settings.try_robot(caller, id)}


@blueprint.get(_SENDER)
@endpoint("How mails are signed", answers=SenderBody, errors=(403,), system="people")
def show_sender(caller: Caller) -> dict[str, Any]:
    """{"name", "address", "reply_to"}."""
    return asdict(sender_settings.sender(caller))


@blueprint.put(_SENDER)
@endpoint("Change how mails are signed", body=SenderBody, answers=SenderBody, errors=(400, 403, 422), system="people")
def put_sender(caller: Caller) -> dict[str, Any]:
    """As they are signed then."""
    return asdict(sender_settings.keep_sender(caller, load_body(request, SenderBody, caller.locale)))


@blueprint.post(f"{_SENDER}/try")
@endpoint("Send oneself a mail", answers=TrialShape, errors=(403,), system="people")
def try_sender(caller: Caller) -> dict[str, Any]:
    """{"problem"}."""
    return {"problem": sender_settings.try_mail(caller)[1]}


def _shown(one: Shown) -> dict[str, Any]:
    values = asdict(one)
    values["actor.name"] = values.pop("actor_name")
    return values
