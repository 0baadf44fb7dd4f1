"""A comparison of two permission sets as a file; for the API and for the builder's page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from flask import Response

from dougong_metadata.model.types import Model
from dougong_platform.people.permission_sets.comparing import PARTS, Compared

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a label that begins so would be run by a spreadsheet


def as_csv(model: Model, a: str, b: str, rows: Iterable[Compared], locale: str) -> Response:
    """UTF-8 with the mark that spreadsheets look for: part, object, right, and a column for each set."""
    zh = locale.startswith("zh")
    heads = ("部分", "对象", "权限") if zh else ("Part", "Object", "Right")
    names = [model.permission_sets[name].label.text(locale) for name in (a, b)]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*heads, *map(_plain, names)])
    for one in rows:
        part = PARTS[one.part].text(locale)
        writer.writerow([part, *map(_plain, (one.object_label, one.label, one.a_words, one.b_words))])
    return Response(
        "\ufeff" + text.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{a}-{b}.csv"'},
    )


def _plain(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA) else text
