"""The Jinja global `ui`: all component macros and the value and input widgets of field types, under one name.

{{ ui.button(_("Save"), kind="primary", icon="check") }}      {% call ui.card(title) %}…{% endcall %}
{{ ui.value(field, record.price) }}                            {{ ui.input(field, record.price, errors=…) }}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask import g, has_request_context
from jinja2 import Environment, TemplateNotFound, Undefined
from markupsafe import Markup

from dougong_ui_builder.formats import as_decimal
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.marked_links import with_links
from dougong_ui_builder.marks import avatar, file_icon, icon, initials
from dougong_ui_builder.places import address_text, countries

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel, PicklistValue

FILES = (
    "button",
    "marks",
    "field",
    "input",
    "card",
    "table",
    "navigation",
    "message",
    "overlay",
    "progress",
    "record",
    "chart",
)
EMPTY = Markup('<span class="dg-none">—</span>')
FULL_WIDTH = frozenset({"long_text", "rich_text", "file", "image", "address", "json", "signature"})


class Components:
    """One per app. Attributes are the macros of components/*.html; those below are made in Python for speed."""

    icon = staticmethod(icon)
    avatar = staticmethod(avatar)
    initials = staticmethod(initials)

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._places: dict[str, str] = {}

    def __getattr__(self, name: str) -> Callable[..., Markup]:
        if name.startswith("_"):
            raise AttributeError(name)
        known = self._places.get(name)
        for template in (known,) if known else (f"components/{file}.html" for file in FILES):
            try:
                found = self._macro(template, name)
            except AttributeError:
                continue
            self._places[name] = template
            return found
        raise AttributeError(f"ui has no component {name}")

    def value(
        self,
        field: FieldModel,
        value: Any,
        display: Any = None,
        mode: str = "list",
        record: Mapping[str, Any] | None = None,
    ) -> Markup:
        """A value as people read it. `display`: the name behind an id (lookup, user), or a list of file entries.

        `mode`: "list" (one line), "record" (facts, full precision) or "card" (phone rows). `record` gives the currency.
        """
        if value is None or value == "" or value == []:
            return EMPTY if mode == "record" else Markup()
        show = self._widget("values", field.type.name, "show")
        return show(field, value, display, mode, field_currency(field, record))

    def input(
        self,
        field: FieldModel,
        value: Any = None,
        display: Any = None,
        errors: Sequence[str] = (),
        record: Mapping[str, Any] | None = None,
        required: bool | None = None,
        prefix: str = "",
        bare: bool = False,
        hint: str | None = None,
    ) -> Markup:
        """A whole form field: label, input of the field's type, hint or error. Works without JavaScript.

        `prefix` goes before the names of its inputs (rows of details); `bare` leaves label and note to the caller.
        """
        value, display = (None if isinstance(one, Undefined) else one for one in (value, display))
        needed = field.required if required is None else required
        name = prefix + field.name
        given = {
            "name": name,
            "id": f"f-{name}".replace("[", "-").replace("]", ""),
            "required": needed,
            "invalid": bool(errors),
            "currency": field_currency(field, record),
        }
        if hint is None and field.help is not None:
            hint = field.help.text(current_locale())
        given["described"] = bool(errors or hint)
        draw = self._widget("widgets", field.type.name, "draw")
        if bare:
            return draw(field, value, display, given)
        wrapper = self._macro("components/field_input.html", "wrap")
        return wrapper(
            field,
            draw(field, value, display, given),
            given,
            list(errors),
            hint,
            field.type.name in FULL_WIDTH,
            self._is_group(field.type.name),
        )

    @staticmethod
    def _is_group(type_name: str) -> bool:
        # several inputs under one label: named by aria-labelledby instead of <label for>
        return type_name in {"address", "rating", "signature", "geolocation", "boolean"}

    def _widget(self, folder: str, type_name: str, macro: str) -> Callable[..., Markup]:
        try:
            return self._macro(f"{folder}/{type_name}.html", macro)
        except TemplateNotFound:  # a field type of somebody's own package without a template: shown as text
            return self._macro(f"{folder}/text.html", macro)

    def _macro(self, template: str, name: str) -> Callable[..., Markup]:
        # a template's module is made once by Jinja and, in debug mode, again when its file changed
        found: Callable[..., Markup] = getattr(self._environment.get_template(template).module, name)
        return found


def field_currency(field: FieldModel, record: Mapping[str, Any] | None) -> str | None:
    """The currency of a money field: another field's value in `record`, its own, or None for the tenant's."""
    other = field.settings.get("currency_field")
    if other and record and record.get(other):
        return str(record[other])
    own = field.settings.get("currency")
    return str(own) if own else None


def picklist_value(field: FieldModel, value: Any) -> PicklistValue | None:
    """The model of a chosen value, None for one that no longer exists."""
    return field.picklist.values.get(str(value)) if field.picklist else None


def choices(
    field: FieldModel, allowed: Sequence[str] | None = None, keep: Any = None
) -> list[tuple[str, str, dict[str, str]]]:
    """(value, text, attributes) of a picklist's active values and those kept; parents go into data-parents."""
    kept = set(keep) if isinstance(keep, list) else {keep}
    found = []
    for one in field.picklist.values.values() if field.picklist else ():
        if one.value in kept or (one.active and (allowed is None or one.value in allowed)):
            attributes = {"data-colour": one.colour}
            if one.parents and (field.controlled_by is None or controller_of(field)):
                attributes["data-parents"] = " ".join(one.parents)
            found.append((one.value, one.label.text(current_locale()), attributes))
    return found


def controller_of(field: FieldModel) -> str | None:
    """The field whose choice narrows this picklist, if the reader may know it."""
    name, caller = field.controlled_by, g.get("caller")
    if name is None or caller is None:
        return name
    return name if caller.rights.field(field.object, name) != "none" else None


def label_text(labelled: Any) -> str:
    """The text of a Label, or of a thing with a `label`, in the page's language."""
    label = getattr(labelled, "label", labelled)
    return label.text(current_locale()) if hasattr(label, "text") else str(label or "")


def tenant_currency() -> str:
    """The currency of the caller's tenant."""
    caller = g.get("caller") if has_request_context() else None
    return str(caller.tenant.currency) if caller is not None else "CNY"


def as_percent(value: Any) -> str:
    """A stored fraction as typed before the % sign: "0.25" → "25"; what is no number comes back as it is."""
    found = as_decimal(value)
    return str(value or "") if found is None else f"{(found * 100).normalize():f}"


def merge(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Filter: attributes of two mappings, the second winning."""
    return {**first, **second}


def install(environment: Environment) -> None:
    """Make `ui`, `label` and what the widgets of field types call known to all templates."""
    environment.globals.update(
        ui=Components(environment),
        label=label_text,
        choices=choices,
        controller_of=controller_of,
        picklist_value=picklist_value,
        countries=countries,
        address_text=address_text,
        tenant_currency=tenant_currency,
        as_percent=as_percent,
        file_icon=file_icon,
        with_links=with_links,
    )
    environment.filters["merge"] = merge
