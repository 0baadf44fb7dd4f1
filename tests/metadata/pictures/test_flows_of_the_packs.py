"""The page about the packs' flows and its pictures: what is committed is what the flows say now."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from dougong_metadata.model.compile import compile_model
from dougong_metadata.packs import load_pack
from dougong_metadata.pictures.lettering import lines, width
from dougong_metadata.pictures.pages import page, pictures
from dougong_metadata.pictures.shapes import CARD

DOCS = Path(__file__).parents[3] / "docs"
WRITE = "python -m dougong_metadata.pictures docs/pictures/approvals docs/approval-flows.md"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pictures()


def test_the_committed_pictures_are_what_the_flows_say_now(made: dict[str, str]) -> None:
    committed = {path.name: path.read_text("utf-8") for path in (DOCS / "pictures" / "approvals").iterdir()}
    assert committed.keys() == made.keys(), f"write them anew: {WRITE}"
    assert not [name for name in made if committed[name] != made[name]], f"write them anew: {WRITE}"


def test_the_page_is_what_the_flows_say_now_and_shows_every_picture(made: dict[str, str]) -> None:
    committed = (DOCS / "approval-flows.md").read_text("utf-8")
    assert committed == page(), f"write it anew: {WRITE}"
    assert {*re.findall(r"pictures/approvals/([a-z_]+-(?:en|zh)\.svg)", committed)} == made.keys()


def test_a_picture_has_a_card_for_every_node_and_branch_of_its_flow(made: dict[str, str]) -> None:
    flow = compile_model(load_pack("sales").documents).approvals["contract_review"]
    drawn = ET.fromstring(made["contract_review-zh.svg"])
    said = "".join(one.text or "" for one in drawn.iter(f"{SVG}text"))
    for node in flow.nodes.values():
        assert node.label.zh in said
        for branch in node.branches:
            assert branch.label.zh in said


def test_no_card_lies_on_another(made: dict[str, str]) -> None:
    for name, text in made.items():
        drawn = ET.fromstring(text)
        wide, high = (float(drawn.attrib[key]) for key in ("width", "height"))
        cards = [
            tuple(float(one.attrib[key]) for key in ("x", "y", "width", "height"))
            for one in drawn.iter(f"{SVG}rect")
            if one.attrib.get("stroke")
        ]
        assert len(cards) > 5
        for place, (x, y, w, h) in enumerate(cards):
            assert 0 <= x <= wide - w, name
            assert 0 <= y <= high - h, name
            for a, b, c, d in cards[place + 1 :]:
                assert x + w <= a or a + c <= x or y + h <= b or b + d <= y, name


@pytest.mark.parametrize(
    "text", ["Discount ≤ 30 % and Amount ≤ 500,000", "折扣 ≤ 30 % 且 报价金额 ≤ 50 万，「其他」", "w" * 200]
)
def test_lines_are_no_wider_than_their_card_and_lose_nothing(text: str) -> None:
    broken = lines(text, CARD, 12)
    assert all(width(line, 12) <= CARD for line in broken)
    assert re.sub(r"\s", "", "".join(broken)) == re.sub(r"\s", "", text)


def test_no_line_begins_with_what_ends_a_sentence_or_parts_a_sign_from_its_number() -> None:
    for room in range(40, 240, 7):
        broken = lines("折扣 ≤ 30 % 且（金额 ≤ 50 万），超时转给「总经理」。", room, 12)
        assert not [line for line in broken if line[0] in "，。）」"]
        assert not [line for line in broken if line.endswith(("≤", "（", "「"))]
