"""Warnings that whoever saves may pass over: which were seen, what is asked, and the page that asks where no form can.

A form shows `ui.ask(question)`; its button sends `confirm` with the names of the rules. All screens that save use this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import render_template, request

from dougong_platform.errors import FieldError

CODE = "needs_confirmation"
_NOT_SENT_AGAIN = frozenset({"csrf_token", "confirm"})


@dataclass(frozen=True, slots=True)
class Question:
    """`names` of the rules to pass over, those confirmed before included; `messages` say what they mean."""

    names: str
    messages: tuple[str, ...]


def confirmed() -> tuple[str, ...]:
    """The rules that the request says were seen."""
    return tuple(dict.fromkeys(name for text in request.form.getlist("confirm") for name in text.split(",") if name))


def question(errors: Iterable[FieldError]) -> Question | None:
    """What is to be asked where nothing else is wrong; None where something has to be changed first."""
    found = list(errors)
    if not found or any(one.code != CODE for one in found):
        return None
    names = dict.fromkeys((*confirmed(), *(one.name or "*" for one in found)))
    return Question(",".join(names), tuple(dict.fromkeys(one.message for one in found)))


def refusals(errors: Sequence[FieldError]) -> list[FieldError]:
    """What has to be changed; warnings beside it are asked once the rest is right."""
    return [one for one in errors if one.code != CODE] or list(errors)


def ask_page(asked: Question, title: str, back: str) -> tuple[str, int]:
    """A page that sends once more what was posted, for actions without a form of their own (422)."""
    sent = [(name, text) for name, text in request.form.items(multi=True) if name not in _NOT_SENT_AGAIN]
    page = render_template(
        "forms/ask.html", question=asked, title=title, back=back, sent=sent, action=request.full_path
    )
    return page, 422
