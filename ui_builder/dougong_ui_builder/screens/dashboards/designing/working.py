"""The dashboard that is being designed: an own one as it is kept, a document as the draft has it. Every page of the
designer reads it here and keeps its changes here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.label import Label
from dougong_metadata.model.compile_dashboard import dashboard_of
from dougong_platform import own_documents
from dougong_platform.errors import NotAllowed, RecordsInvalid
from dougong_platform.own_documents.bodies import DASHBOARD, own_reports
from dougong_platform.query.single import uuid_text
from dougong_platform.releases import draft as drafts
from dougong_ui_builder.builder.draft_view import DraftView, read_draft
from dougong_ui_builder.builder.saving import make, own_problems, save

if TYPE_CHECKING:
    from dougong_metadata.model.dashboard_types import DashboardModel
    from dougong_metadata.problems import Problem
    from dougong_platform.http.caller import Caller

KIND = DASHBOARD


class Refused(Exception):
    """A body that cannot be kept, with what is wrong in it."""

    def __init__(self, problems: list[tuple[str, str]], found: tuple[Problem, ...] = ()) -> None:
        super().__init__(problems)
        self.problems, self.found = problems, found


@dataclass(frozen=True, slots=True)
class Working:
    """`body` has the document's keys without kind and name; an own one's label stands in `label` alone. `token` says
    which state it is; `view`: the draft, None of an own one."""

    key: str
    label: Any
    body: Mapping[str, Any]
    token: str
    view: DraftView | None = None

    @property
    def own(self) -> bool:
        """Whether somebody keeps it for himself."""
        return self.view is None

    @property
    def base(self) -> str:
        """Where it is designed."""
        return f"/dashboards/{self.key}/edit"

    @property
    def widgets(self) -> Mapping[str, Mapping[str, Any]]:
        """By name."""
        found = self.body.get("widgets")
        return found if isinstance(found, Mapping) else {}

    def title(self, locale: str) -> str:
        """What it is called."""
        return Label.of(self.label, self.key).text(locale)

    def with_widgets(self, widgets: Mapping[str, Any]) -> dict[str, Any]:
        """The body with other widgets."""
        return {**self.body, "widgets": dict(widgets)}


def working(caller: Caller, key: str) -> Working:
    """Raises NotFound, NotAllowed for what the caller may not change."""
    if uuid_text(key) is not None:
        found = own_documents.find(caller, key, KIND)
        if not found.editable:
            raise NotAllowed
        return Working(found.id, found.label, plain(found.body), str(found.version))
    caller.require("metadata", KIND)
    view = read_draft(caller)
    document = view.document(KIND, key)
    body = {name: value for name, value in plain(document.json()).items() if name not in ("kind", "name")}
    return Working(key, body.get("label"), body, document.hash, view)


def keep(
    caller: Caller, now: Working, body: Mapping[str, Any], *, token: str | None = None, label: str | None = None
) -> None:
    """Keep another body. Raises Refused; DocumentChanged, DraftChanged where somebody was faster than `token`."""
    seen = token or now.token
    if now.view is None:
        try:
            version = int(seen) if seen.isdigit() else 0
            own_documents.change(caller, now.key, version, label=label, body=body)
        except InvalidDocuments as fault:
            raise Refused(*_said(caller, fault.problems)) from None
        except RecordsInvalid as fault:
            raise Refused([(error.field or "", error.message) for error in fault.errors]) from None
        return
    made = make(KIND, now.key, body)
    problems = list(made) if isinstance(made, tuple) else own_problems(now.view, made)
    if isinstance(made, tuple) or problems:
        raise Refused(*_said(caller, problems))
    save(caller, [made], {made.key: seen})


def create(caller: Caller, label: str, body: Mapping[str, Any]) -> str:
    """A new own dashboard; its key. Raises Refused."""
    try:
        return own_documents.create(caller, KIND, label, body).id
    except InvalidDocuments as fault:
        raise Refused(*_said(caller, fault.problems)) from None
    except RecordsInvalid as fault:
        raise Refused([(error.field or "", error.message) for error in fault.errors]) from None


def create_document(caller: Caller, name: str, body: Mapping[str, Any]) -> None:
    """A new dashboard in the draft. Raises Refused, DraftChanged where there is one of that name."""
    caller.require("metadata", KIND)
    made = make(KIND, name, body)
    problems = list(made) if isinstance(made, tuple) else own_problems(read_draft(caller), made)
    if isinstance(made, tuple) or problems:
        raise Refused(*_said(caller, problems))
    save(caller, [made], {made.key: drafts.GONE})


def compiled(caller: Caller, now: Working) -> DashboardModel:
    """What the body means today. Raises InvalidDocuments."""
    body = {key: value for key, value in now.body.items() if key != "label"}
    reports = own_reports(caller, KIND, body, own_documents.find) if now.own else {}
    whole = {**body, "label": now.title(caller.locale)}
    return dashboard_of(caller.model, now.key, whole, reports)


def plain(value: Any) -> Any:
    """Without what cannot be changed: dictionaries and lists."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def script(data: Mapping[str, Any]) -> str:
    """JSON for inside a <script>, its keys in their order."""
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _said(caller: Caller, problems: Any) -> tuple[list[tuple[str, str]], tuple[Problem, ...]]:
    found = tuple(problems)
    return [(one.path, one.message(caller.locale)) for one in found], found
