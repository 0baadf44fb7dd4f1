"""What the address of the audit page asks for: read into the engine's Question, and written into other addresses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import request

from dougong_metadata.errors import Fault
from dougong_platform.audit.actions import ACTIONS, GROUPS
from dougong_platform.audit.asking import question
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import uuid_text
from dougong_tenants.audit.reading import Question
from dougong_ui_builder.suggestions import the_one_called
from dougong_ui_builder.words import gettext

PAGE = "/builder/audit"
EXPORT = "/api/v1/audit/export"


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter as it was given; `problem` is what was wrong with it, and then left out."""

    q: str = ""
    action: str = ""
    person: str = ""
    since: str = ""
    until: str = ""
    target: str = ""
    problem: str | None = None

    @property
    def narrowed(self) -> bool:
        """Whether anything but the whole log is asked for."""
        return any((self.q, self.action, self.person, self.since, self.until, self.target))

    def address(self, path: str = PAGE, **more: str) -> str:
        """An address that asks for the same, and for what `more` says in its place."""
        given = {
            "q": self.q,
            "action": self.action,
            "person": self.person,
            "target": self.target,
            "from": self.since,
            "to": self.until,
            **more,
        }
        query = urlencode({name: value for name, value in given.items() if value})
        return f"{path}?{query}" if query else path


def read_asked(caller: Caller) -> tuple[Asked, Question]:
    """The filter and its question. What cannot be (a day that is none, nobody of that name) is told and left out."""
    given = {
        name: request.args.get(name, "").replace("\0", "").strip()[:200]
        for name in ("q", "action", "person", "target", "from", "to")
    }
    asked = Asked(given["q"], given["action"], given["person"], given["from"], given["to"], given["target"])
    typed = request.args.get("person:text", "").strip()
    if typed and not asked.person:
        found = the_one_called(caller, "user", typed)
        asked = replace(asked, person=found or "")
        if found is None:
            name = typed[:60]
            asked = replace(asked, problem=gettext("Nobody, or more than one, is called “%(name)s”.", name=name))
    if asked.person and uuid_text(asked.person) is None:
        asked = replace(asked, person="")
    try:
        return asked, _question(caller, asked)
    except Fault as wrong:
        asked = replace(asked, since="", until="", problem=wrong.message(caller.locale))
        return asked, _question(caller, asked)


def _question(caller: Caller, asked: Asked) -> Question:
    return question(
        caller,
        actions=(asked.action,) if asked.action else (),
        person=asked.person or None,
        target=asked.target or None,
        since=asked.since or None,
        until=asked.until or None,
        text=asked.q or None,
    )


def action_options(locale: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """(group's name, [(code, name)]), the group itself first: it stands for all of its actions."""
    return [
        (
            group.label.text(locale),
            [
                (name, gettext("%(group)s: all", group=group.label.text(locale))),
                *((code, action.label.text(locale)) for code, action in group.actions.items()),
            ],
        )
        for name, group in GROUPS.items()
    ]


def action_name(code: str, locale: str) -> str:
    """An action's or a group's name."""
    found = ACTIONS.get(code) or GROUPS.get(code)
    return found.label.text(locale) if found is not None else code
