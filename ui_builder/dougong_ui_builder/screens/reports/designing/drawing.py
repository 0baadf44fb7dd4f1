"""What the builder's templates are given, whole page or parts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dougong_metadata.report_words import COMPARE, CYCLES, FORMATS, GOOD, MODES, SHOW, SPANS
from dougong_ui_builder.components import label_text
from dougong_ui_builder.screens.lists.columns import grouped_choices, path_label
from dougong_ui_builder.screens.lists.lines import Line, kind_of, offered
from dougong_ui_builder.screens.lists.saying import operator_text, value_text
from dougong_ui_builder.screens.reports.designing import palette
from dougong_ui_builder.screens.reports.designing.body import for_type, part, same, sort_of, tidied
from dougong_ui_builder.screens.reports.designing.changing import started
from dougong_ui_builder.screens.reports.designing.opening import DOCUMENT, NEW, Opened
from dougong_ui_builder.screens.reports.designing.places import items_of, place_of
from dougong_ui_builder.screens.reports.designing.shown import ZONE_WORDS, Chip, Panel, word
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel
    from dougong_platform.http.caller import Caller
    from dougong_ui_builder.screens.reports.designing.known import Known
    from dougong_ui_builder.screens.reports.designing.preview import Preview

MOVES = {"rows": ("columns", "values"), "columns": ("rows", "values"), "values": ("rows", "columns")}


@dataclass
class Palette:
    """What of the fields is shown: opened links, what is searched for, and to where fields are added."""

    opened: Sequence[str] = ()
    typed: str = ""
    target: str = "auto"


@dataclass
class View:
    """One state of the builder."""

    opened: Opened
    panel: Panel
    palette: Palette = field(default_factory=Palette)
    preview: Preview | None = None
    version: str = ""

    @property
    def known(self) -> Known:
        return self.panel.known


def baseline(found: Opened, known: Known) -> Mapping[str, Any]:
    """What unsaved changes are measured against."""
    return started(known.object, known) if found.source == NEW else found.body


def kept_as(view: View) -> str:
    """The key of the report that people see just like this; "" where there is none (yet)."""
    found = view.opened
    return found.key if found.key and not found.in_draft and same(found.body, view.panel.body) else ""


def context(caller: Caller, view: View, *, with_palette: bool = True) -> dict[str, Any]:
    """Everything by the templates' names."""
    panel, known = view.panel, view.known
    before = baseline(view.opened, known)
    changed = not same(before, panel.body) or tidied(before).get("label") != tidied(panel.body).get("label")
    return {
        "opened": view.opened,
        "panel": panel,
        "problems": panel.problems,
        "preview": view.preview,
        "version": view.version or view.opened.version,
        "unsaved": changed,
        "unfolds": True,
        "body_text": json.dumps(tidied(panel.body), ensure_ascii=False),
        "save_text": save_text(view.opened),
        "object": known.model.objects[known.object],
        "objects": [(one.name, label_text(one.plural)) for one in readable(known)],
        "relations": known.relations(),
        "sort": sort_of(panel.body),
        "event_object": _event_object(panel),
        "with_palette": with_palette,
        **_words(panel),
        **_moves(panel),
        **_lines(caller, panel),
        **(_palette(view) if with_palette else {}),
    }


def readable(known: Known) -> list[Any]:
    """The objects whose records can be reported on, the tenant's own first."""
    return sorted(known.model.objects.values(), key=lambda one: one.system)


def save_text(found: Opened) -> str:
    """What the button saves."""
    if found.source == DOCUMENT:
        return gettext("Save in the draft") if found.may else gettext("Save as my own")
    return gettext("Save") if found.may else gettext("Save as my own")


def _words(panel: Panel) -> dict[str, Any]:
    def pairs(words: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
        return [(key, word(words, key)) for key in words]

    down, up = gettext("descending"), gettext("ascending")
    sorts = [
        (f"{sign}{name}", f"{text}, {way}") for name, text in panel.values for sign, way in (("-", down), ("", up))
    ]
    return {
        "spans": pairs({**SPANS, **CYCLES}),
        "straight_spans": pairs(SPANS),
        "formats": pairs(FORMATS),
        "goods": pairs(GOOD),
        "shows": pairs(SHOW),
        "compares": pairs(COMPARE),
        "modes": pairs(MODES),
        "value_sorts": sorts,
        "zone_words": {zone: word(ZONE_WORDS, zone) for zone in ZONE_WORDS},
    }


def _moves(panel: Panel) -> dict[str, Any]:
    def at(chip: Chip) -> tuple[int, int]:
        zone, number = place_of(panel.body, chip.address)
        return number, len(items_of(panel.body, zone))

    def others(chip: Chip) -> tuple[str, ...]:
        fits = chip.found.zones if chip.found is not None and not chip.found.many else ()
        return tuple(one for one in MOVES.get(chip.zone, ()) if one in panel.zones and one in fits)

    return {
        "loop_first": lambda chip: at(chip)[0] == 0,
        "loop_last": lambda chip: at(chip)[0] == at(chip)[1] - 1,
        "others": others,
    }


def _lines(caller: Caller, panel: Panel) -> dict[str, Any]:
    """What the filter builder's lines ask for."""
    filters, object = panel.filters, panel.known.model.objects[panel.known.object]

    def operators(model: FieldModel, chosen: str) -> list[tuple[str, str]]:
        found = offered(model)
        return [(op, operator_text(op, kind_of(model))) for op in (found if chosen in found else [*found, chosen])]

    has_lines = filters.block is not None and bool(filters.block.items)
    return {
        "groups": grouped_choices(caller, object, offered) if has_lines else [],
        "is_line": lambda item: isinstance(item, Line),
        "operators": operators,
        "kind_of": kind_of,
        "value_text": lambda model, value: value_text(model, value, filters.names),
        "path_label": lambda path: path_label(caller, object, path),
    }


def _palette(view: View) -> dict[str, Any]:
    shown = view.palette
    zones = [zone for zone in view.panel.zones if zone in ("rows", "columns", "fields", "values")]
    return {
        "targets": [(zone, word(ZONE_WORDS, zone)) for zone in (*zones, "where")],
        "target": shown.target,
        "q": shown.typed,
        "open": shown.opened,
        "matching": palette.matching(view.known, shown.typed) if shown.typed else [],
        "fields": palette.groups(view.known, shown.opened),
    }


def _event_object(panel: Panel) -> str:
    event = str(part(panel.body, "cohort").get("event") or "")
    first, _, rest = event.partition(".")
    return (panel.known.relation_object(first) if rest else None) or panel.known.object


def differences(mine: Panel, theirs: Panel) -> list[tuple[str, str, str]]:
    """(part, mine, theirs) of what two bodies say differently, in words."""
    words = {
        "label": gettext("Name of the report"),
        "type": gettext("Type"),
        **{zone: word(ZONE_WORDS, zone) for zone in ZONE_WORDS},
        "period": gettext("Period"),
        "chart": gettext("Chart"),
    }
    one, other = for_type(mine.body), for_type(theirs.body)
    keys = [key for key in dict.fromkeys((*one, *other)) if one.get(key) != other.get(key)]
    return [(words.get(key, gettext("Settings")), _said(mine, key), _said(theirs, key)) for key in keys]


def _said(panel: Panel, key: str) -> str:
    if key in ("rows", "columns", "values", "fields", "cross"):
        return gettext(", ").join(f"{chip.text} {chip.note}".strip() for chip in panel.chips(key))
    if key == "label":
        return panel.title
    found = panel.body.get(key)
    return found if isinstance(found, str) else "" if found is None else json.dumps(found, ensure_ascii=False)
