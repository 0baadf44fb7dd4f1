"""Links and pictures of formulas are shown as such, and nothing else in a formula's text becomes markup."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import render_template_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong_metadata.expressions import Scope, check
from dougong_ui_builder.marked_links import with_links
from dougong_ui_builder.screens.gallery import sample_fields

AWAY = ' rel="noopener noreferrer nofollow" target="_blank"'
TEXTS = [
    ("plain & simple", "plain &amp; simple"),
    ("[Books](/o/book)", '<a class="dg-link" href="/o/book">Books</a>'),
    (
        "see [A & B](https://example.org/?a=1&b=2).",
        f'see <a class="dg-link" href="https://example.org/?a=1&amp;b=2"{AWAY}>A &amp; B</a>.',
    ),
    (r"[a\]b](mailto:a@example.org)", f'<a class="dg-link" href="mailto:a@example.org"{AWAY}>a]b</a>'),
    ("![Cover](/files/1)", '<img class="dg-thumb" src="/files/1" alt="Cover" loading="lazy">'),
    ("![Cover](https://example.org/a.png)", f'<a class="dg-link" href="https://example.org/a.png"{AWAY}>Cover</a>'),
    ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
    ("[x](//example.org)", "[x](//example.org)"),
    (r"[x](/\example.org)", r"[x](/\example.org)"),
    ("[<b>](/o)", '<a class="dg-link" href="/o">&lt;b&gt;</a>'),
]


@pytest.mark.parametrize(("text", "shown"), TEXTS, ids=[text for text, _ in TEXTS])
def test_links_and_pictures_are_shown(text: str, shown: str) -> None:
    assert with_links(text) == shown


@pytest.mark.usefixtures("english")
def test_only_a_formulas_text_has_links() -> None:
    typed = next(field for field in sample_fields() if field.type.name == "text")
    formula = check('"x"', Scope(lambda name: {}, "book", "value"))
    template = "{{ ui.value(field, value) }}"
    given = {"value": "[Books](/o/book)"}
    assert render_template_string(template, field=typed, **given) == "[Books](/o/book)"
    assert "<a " in render_template_string(template, field=replace(typed, formula=formula), **given)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.sampled_from(
            [
                "[",
                "]",
                "(",
                ")",
                "!",
                "\\",
                '"',
                "<",
                ">",
                "'",
                " ",
                "a",
                "/o",
                "//",
                "https://x",
                "javascript:",
                "on=",
                "&",
            ]
        ),
        max_size=20,
    )
)
def test_whatever_the_text_is_only_harmless_links_come_of_it(parts: list[str]) -> None:
    tags = Tags()
    tags.feed(with_links("".join(parts)))
    for tag, attributes in tags.found:
        assert tag in ("a", "img")
        address = attributes.get("href") or attributes.get("src") or ""
        assert address.startswith(("https://", "/"))
        assert not address.startswith(("//", "/\\"))
        assert attributes.keys() <= {"class", "href", "src", "alt", "loading", "rel", "target"}
