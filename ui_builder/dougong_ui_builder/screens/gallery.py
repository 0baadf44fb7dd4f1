"""Every component and field widget on one page, for looking at and for accessibility checks; in debug and test only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, current_app, g, render_template, request

from dougong_metadata.field_types import field_type_named, registered
from dougong_metadata.label import Label
from dougong_metadata.model.types import FieldModel, PicklistModel, PicklistValue
from dougong_ui_builder.builder_navigation import GROUPS
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.screens.gallery_charts import samples
from dougong_ui_builder.shell import Group, Link, Shell, preferences
from dougong_ui_builder.toasts import say

blueprint = Blueprint("gallery", __name__)

COLOURS = ("mute", "info", "warn", "draft", "good", "bad")
ID = "019a0000-0000-7000-8000-000000000001"
FILE = {"id": ID, "name": "shelf plan.pdf", "url": "/assets/none.pdf", "size": 348_160, "thumbnail": None}
VALUES: dict[str, Any] = {
    "text": "The Master and Margarita",
    "long_text": "First line.\nSecond line, somewhat longer than the first one.",
    "rich_text": "<p>With <b>weight</b> and <a href='https://example.org'>a link</a>.</p>",
    "integer": 12_480,
    "decimal": "-12.50",
    "currency": "1280000.00",
    "percent": "0.18",
    "boolean": True,
    "date": "2026-12-18",
    "time": "10:42:00",
    "picklist": "c",
    "multi_picklist": ["b", "e"],
    "lookup": ID,
    "detail": ID,
    "user": ID,
    "department": ID,
    "email": "reader@example.org",
    "phone": "+86 21 5555 0101",
    "url": "https://example.org/shelves",
    "auto_number": "BK-202611-0042",
    "image": [],
    "file": [ID],
    "signature": [],
    "geolocation": {"latitude": 31.2304, "longitude": 121.4737, "accuracy": 12.0},
    "address": {
        "country": "CN",
        "province": "上海市",
        "city": "上海市",
        "district": "徐汇区",
        "detail": "淮海中路 1555 号",
    },
    "rating": 4,
    "colour": "#2b59c3",
    "json": {"pages": 412},
    "external_key": "ISBN-9787020002207",
}
DISPLAYS: dict[str, Any] = {
    "lookup": "北岸书架 12",
    "detail": "Spring order",
    "user": "林晓雯",
    "department": "编目部",
    "file": [FILE],
}


@blueprint.get("/ui/gallery")
def gallery() -> str:
    """Answers 404 in production."""
    _only_in_debug()
    g.shell = _shell()
    if request.args.get("toast"):
        say("已移到「在架」", undo="/ui/gallery")
    fields = sample_fields()
    errors = {"currency": ["须大于 0"], "date": ["须是今天或以后。"]} if request.args.get("errors") else {}
    wrong = [(label_text(field), f"f-{field.name}") for field in fields if field.name in errors]
    values = VALUES | {"datetime": _hours_ago(30)}
    return render_template(
        "screens/gallery.html",
        fields=fields,
        values=values,
        displays=DISPLAYS,
        errors=errors,
        wrong=wrong,
        hours_ago=_hours_ago,
    )


@blueprint.get("/ui/gallery/builder")
def builder_gallery() -> str:
    """The builder's shell with a table and an inspector."""
    _only_in_debug()
    g.shell = _shell()
    groups = tuple(
        Group(
            str(label),
            tuple(Link(str(e.label), e.url, e.icon, e.kind == "object", 12 if e.kind else None) for e in entries),
        )
        for label, entries in GROUPS
    )
    draft = {"changes": 7, "release": 42}
    return render_template("screens/gallery_builder.html", fields=sample_fields(), builder_nav=groups, draft=draft)


@blueprint.get("/ui/gallery/charts")
def charts() -> str:
    """Every kind of chart; with ?records= what stands for the records behind a datum, as a fragment."""
    _only_in_debug()
    if request.args.get("records"):
        return render_template("screens/gallery_records.html", asked=request.args)
    g.shell = _shell()
    return render_template("screens/gallery_charts.html", charts=samples(current_locale()))


def sample_fields() -> list[FieldModel]:
    """One field of each type that people see."""
    values = {
        v: PicklistValue(v, Label(en, zh), colour)
        for v, en, zh, colour in zip(
            "abcdef",
            ("New", "Ordered", "Late", "Draft", "Shelved", "Lost"),
            ("新到", "已订购", "逾期", "草稿", "在架", "丢失"),
            COLOURS,
            strict=True,
        )
    }
    found = []
    for position, name in enumerate(n for n in VALUES | {"datetime": None} if n in registered()):
        kind = field_type_named(name)
        found.append(
            FieldModel(
                object="book",
                name=name,
                type=kind,
                label=Label(kind.label["en"], kind.label["zh"]),
                position=position,
                required=name in ("text", "currency"),
                to="shelf" if name in ("lookup", "detail") else None,
                picklist=PicklistModel("state", Label("State", "状态"), values) if "picklist" in name else None,
                help=Label("What the cover says.", "封面上的文字。") if name == "text" else None,
                settings={"scale": 2} if name in ("decimal", "currency") else {},
            )
        )
    return found


def _only_in_debug() -> None:
    if not (current_app.debug or current_app.testing or current_app.config.get("DOUGONG_GALLERY")):
        abort(404)


def _shell() -> Shell:
    zh = preferences().locale == "zh"

    def link(en: str, chinese: str, icon: str, **more: Any) -> Link:
        return Link(chinese if zh else en, f"/o/{en.lower()}", icon, object=en.lower(), **more)

    groups = (
        Group(
            None,
            (
                Link("工作台" if zh else "Home", "/", "home"),
                Link("待办" if zh else "Inbox", "/inbox", "inbox", count=6, hot=True),
            ),
        ),
        Group(
            "馆藏" if zh else "Collection",
            (
                link("Books", "图书", "book", current=True),
                link("Authors", "作者", "users"),
                link("Shelves", "书架", "building"),
                link("Publishers", "出版社", "building-store"),
                link("Loans", "借阅", "writing-sign"),
                link("Fines", "罚款", "coins"),
            ),
        ),
        Group(
            "分析" if zh else "Insight",
            (
                link("Dashboards", "仪表盘", "layout-dashboard"),
                link("Reports", "报表", "chart-bar"),
                link("Targets", "目标", "flag"),
            ),
        ),
    )
    links = [one for group in groups for one in group.links]
    return Shell(
        org="启明图书馆" if zh else "Lumen Library",
        groups=groups,
        user="林晓雯" if zh else "Xiaowen Lin",
        user_id=ID,
        may_build=True,
        preferences=preferences(),
        apps=(("library", "馆藏" if zh else "Library", True), ("office", "办公" if zh else "Office", False)),
        tabs=(links[0], links[2], links[1]),
        creatable=tuple(links[2:6]),
    )


def _hours_ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
