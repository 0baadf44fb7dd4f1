"""Deciding an approval: approve, with fields that may be changed; return or reject, with where to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import request

from dougong_platform.approvals.moves import deciding
from dougong_platform.http.caller import Caller
from dougong_ui_builder.formats import as_decimal
from dougong_ui_builder.languages import current_timezone
from dougong_ui_builder.page import page
from dougong_ui_builder.posted import read_posted
from dougong_ui_builder.screens.approvals import asks
from dougong_ui_builder.screens.approvals.answering import answer, do
from dougong_ui_builder.screens.approvals.routes import ONE, blueprint
from dougong_ui_builder.screens.approvals.shown import Shown, one_of
from dougong_ui_builder.screens.approvals.typed import Typed, keep_files, read_typed
from dougong_ui_builder.screens.record_values.posted_row import PostedRow, read_row
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

ON_PAGE, IN_FORM = "v.", "d."  # before the names of inputs: ids are told apart where both stand on one page


@blueprint.get(f"{ONE}/decide")
@page()
def ask_decision(caller: Caller, id: UUID) -> Any:
    """`verdict` approve or return: the form. Values that were typed on the approval's page come along."""
    one = one_of(caller, str(id))
    return _ask_decision(caller, one)


@blueprint.post(f"{ONE}/decide")
@page()
def decide(caller: Caller, id: UUID) -> Any:
    """Approve, return or reject; then on to the next one."""
    typed = read_typed(caller)
    verdict = "approve" if request.form.get("verdict") == "approve" else _where_to()[0]
    one = one_of(caller, str(id))
    row = read_row(caller, _sent_fields(one, IN_FORM), IN_FORM) if verdict == "approve" else PostedRow()
    typed.errors |= row.errors
    keep_files(caller, typed)

    def again(wrong: Mapping[str, Sequence[str]], general: Sequence[str]) -> Any:
        return _ask_decision(caller, one, typed, wrong, general, row)

    if typed.errors:
        return again(typed.errors, ())
    to, back = (None, False) if verdict == "approve" else (_where_to()[1], request.form.get("back") == "true")

    def work() -> None:
        deciding.decide(
            caller,
            str(id),
            verdict,
            comment=typed.comment,
            to=to,
            back=back,
            values=row.values or None,
            files=typed.files,
        )

    done = {"approve": gettext("Approved: %(title)s"), "reject": gettext("Rejected: %(title)s")}
    return do(one, work, done.get(verdict, gettext("Returned: %(title)s")), again, forward=True)


def _where_to() -> tuple[str, str | None]:
    """(verdict, where to) of the form that returns or rejects."""
    chosen = request.form.get("to") or request.form.get("only") or "submitter"
    return ("reject", None) if chosen == "reject" else ("return", chosen)


def _sent_fields(one: Shown, prefix: str) -> list[FieldModel]:
    """The fields that may be changed and stand in the request."""
    names = (*request.values, *request.files)

    def is_sent(name: str) -> bool:
        start = prefix + name
        return any(n == start or n.startswith((f"{start}:", f"{start}.", f"{start}[")) for n in names)

    return [field for field in one.inputs if is_sent(field.name)]


def _ask_decision(
    caller: Caller,
    one: Shown,
    typed: Typed | None = None,
    wrong: Mapping[str, Sequence[str]] | None = None,
    general: Sequence[str] = (),
    row: PostedRow | None = None,
) -> Any:
    if request.values.get("verdict") != "approve":
        return answer(caller, one, asks.refuse(one), "decide", typed, wrong, general)
    given = dict(one.record)
    if row is not None:
        fields = _sent_fields(one, IN_FORM)
        given |= row.values
    else:  # what was changed on the page, and what could not be changed there
        sent = _sent_fields(one, ON_PAGE)
        values = read_posted(sent, request.args, None, current_timezone(), ON_PAGE).values
        given |= values
        fields = [f for f in one.inputs if f not in sent or _differs(values.get(f.name), one.record.get(f.name))]
    return answer(caller, one, asks.approve(one, fields), "decide", typed, wrong, general, given)


def _differs(typed: Any, kept: Any) -> bool:
    """Whether a value is another one: "0.18" is 0.1800."""
    numbers = as_decimal(typed), as_decimal(kept)
    return numbers[0] != numbers[1] if None not in numbers else (typed or None) != (kept or None)
