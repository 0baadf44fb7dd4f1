"""How a template reads for a sample record, in both languages, as whoever builds may read it; asked while it is being
written. Nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from psycopg import DataError

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import Checked, Scope, check
from dougong_metadata.kinds import registered
from dougong_metadata.kinds.json_schema import kind_schema
from dougong_metadata.kinds.template import HEADLINES
from dougong_metadata.model.compile_text import compile_text
from dougong_metadata.model.flow_types import TemplateText
from dougong_metadata.model.types import Model
from dougong_platform.http.caller import Caller
from dougong_platform.notifications.texts import readable
from dougong_platform.query import list_records
from dougong_platform.query.allowed import allowed_actions
from dougong_platform.texts import render
from dougong_tenants.errors import StatementTooSlow
from dougong_ui_builder.builder.forms import read_body, tree_of
from dougong_ui_builder.page import page
from dougong_ui_builder.words import gettext

blueprint = Blueprint("builder_templates", __name__)
SAMPLES = 8
LOCALES = (("zh", "中文"), ("en", "English"))
RECORD = "@record"  # the form's name for the sample; no key of a document


@dataclass(frozen=True, slots=True)
class Sample:
    """A record to try the texts on."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Read:
    """One language: `lang`, its own name, title and text."""

    locale: str
    language: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Previewed:
    """`note` says why there is nothing to read."""

    channel: str = "notification"
    read: tuple[Read, ...] = ()
    samples: tuple[Sample, ...] = ()
    record: str = ""
    note: str = ""


@blueprint.post("/builder/preview-template")
@page("metadata", "template")
def show_preview(caller: Caller) -> str:
    """The fragment, of a form that is being filled in."""
    body = read_body(kind_schema(registered()["template"]), tree_of(request.form), {})
    return render_template("message_templates/previewed.html", previewed=previewed(caller, body))


def previewed(caller: Caller, body: Mapping[str, Any]) -> Previewed:
    """Over the release in force, on a record that whoever builds may see."""
    channel = str(body.get("channel") or "notification")
    object = str(body.get("object") or "")
    headline, text = body.get(HEADLINES.get(channel, "title")), body.get("body")
    if not headline and not text:
        return Previewed(channel)
    if object and object not in caller.model.objects:
        return Previewed(channel, note=gettext("It can be tried once what it uses is published."))
    samples = _samples(caller, object) if object else ()
    if object and not samples:
        return Previewed(channel, note=gettext("There are no records yet."))
    wanted = request.form.get(RECORD, "")
    record = wanted if wanted in {one.id for one in samples} else samples[0].id if samples else ""
    try:
        texts = [_compiled(caller.model, object, given) if given else None for given in (headline, text)]
        read = _read(caller, texts, object, record)
    except ExpressionError as fault:
        return Previewed(channel, note=fault.message(caller.locale))
    except (DataError, StatementTooSlow):
        return Previewed(channel, note=gettext("It cannot be worked out for this record."))
    return Previewed(channel, read, samples, record)


def _samples(caller: Caller, object: str) -> tuple[Sample, ...]:
    name = caller.model.objects[object].name_field
    fields = ["id", name] if name in caller.rights.fields(object) else ["id"]
    if not caller.rights.may(object, "read"):
        return ()
    found = list_records(caller, object, fields=fields, limit=SAMPLES).records
    return tuple(Sample(one["id"], str(one.get(name) or one["id"][:8])) for one in found)


def _compiled(model: Model, object: str, given: Any) -> TemplateText:
    """Raises ExpressionError for the first thing that is wrong."""

    def checked(locale: str, text: str, whole: str, start: int) -> Checked:
        if object:
            return check(text, Scope.of(model, object, "value", saving=True))
        return check(text, Scope(lambda name: model.objects[name].fields if name else {}, "", "value", True))

    def refuse(locale: str, fault: ExpressionError, whole: str) -> None:
        raise fault

    def name_field(name: str) -> str | None:
        return model.objects[name].name_field if name in model.objects else None

    return compile_text(given, checked, refuse, name_field)


def _read(caller: Caller, texts: list[TemplateText | None], object: str, record: str) -> tuple[Read, ...]:
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        sides = [render(caller, text, object or None, [record], tx)[0] if text is not None else {} for text in texts]

    def seen(of: str, id: str) -> bool:
        return "read" in allowed_actions(caller, of, id)

    return tuple(
        Read(locale, language, *(readable(side, locale, caller.rights, seen) for side in sides))
        for locale, language in LOCALES
    )
