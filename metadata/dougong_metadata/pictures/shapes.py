"""What a picture of a flow consists of, each able to move and to write itself as SVG. Used by `arranging`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from dougong_metadata.pictures.lettering import lines, width

CARD, HEAD, LINE, PAD = 224.0, 34.0, 18.0, 11.0
TITLE_SIZE, TEXT_SIZE, PILL_SIZE = 12.5, 12.0, 12.0
INK, SOFT, EDGE, STROKE, SURFACE = "#1D2330", "#454C5A", "#D9DAD3", "#9AA0AC", "#FFFFFF"
COLOURS = {
    "start": "#5F6672",
    "approve": "#A65B12",
    "condition": "#0E7564",
    "parallel": "#0E7564",
    "cc": "#2C6E8F",
    "action": "#7650B5",
    "end": "#5F6672",
}
# Drawn in white on a square of 18 by 18.
_ICONS = {
    "start": '<circle cx="9" cy="6.5" r="2.3"/><path d="M4.8 14c.4-2.4 2-3.6 4.2-3.6s3.8 1.2 4.2 3.6"/>',
    "approve": '<circle cx="7.6" cy="6.4" r="2.2"/><path d="M3.6 13.8c.3-2.2 1.8-3.3 4-3.3M9.6 12.6l1.7 1.7 3-3.4"/>',
    "condition": '<circle cx="5.5" cy="5" r="1.5"/><circle cx="12.5" cy="5" r="1.5"/><circle cx="9" cy="13.5" r="1.5"/>'
    '<path d="M5.5 6.5v1.2c0 1 .7 1.7 1.7 1.7h3.6c1 0 1.7-.7 1.7-1.7V6.5M9 9.4V12"/>',
    "parallel": '<path d="M5.5 4v10M9 4v10M12.5 4v10"/>',
    "cc": '<rect x="3.8" y="5" width="10.4" height="8" rx="1.2"/><path d="M4.2 6l4.8 3.6L13.8 6"/>',
    "action": '<path d="M10 3.5L5.2 10h3.3L8 14.5 12.8 8H9.5z"/>',
    "end": '<path d="M5.5 14.5v-11h7l-2 2.5 2 2.5h-7"/>',
}


def number(value: float) -> str:
    """As short as it can be written, equal on every machine."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Card:
    """A title with an icon, and what it says in lines; `x` and `y` are its upper left corner."""

    kind: str
    title: tuple[str, ...]
    text: tuple[str, ...]
    x: float = 0
    y: float = 0

    @classmethod
    def of(cls, kind: str, title: str, text: str) -> Card:
        inside = CARD - 2 * PAD
        return cls(
            kind,
            tuple(lines(title, inside - 26, TITLE_SIZE, bold=True)),
            tuple(one for part in text.split("\n") for one in lines(part, inside, TEXT_SIZE)),
        )

    @property
    def head(self) -> float:
        return HEAD + (len(self.title) - 1) * LINE

    @property
    def height(self) -> float:
        return self.head + (len(self.text) * LINE + 15 if self.text else 0)

    def moved(self, x: float, y: float) -> Card:
        return replace(self, x=self.x + x, y=self.y + y)

    def svg(self) -> list[str]:
        x, y = self.x, self.y
        found = [_rect(x, y, CARD, self.height, 10, SURFACE, EDGE)]
        if self.text:
            found.append(f'<path d="M{number(x)} {number(y + self.head)}h{number(CARD)}" stroke="#ECECE6"/>')
        found.append(_rect(x + PAD, y + 8, 18, 18, 5, COLOURS[self.kind]))
        found.append(_icon(self.kind, f"translate({number(x + PAD)} {number(y + 8)})"))
        for place, line in enumerate(self.title):
            found.append(_text(x + PAD + 26, y + 21.5 + place * LINE, line, "t"))
        for place, line in enumerate(self.text):
            found.append(_text(x + PAD, y + self.head + 20 + place * LINE, line, "b"))
        return found


@dataclass(frozen=True, slots=True)
class Pill:
    """A short text on the line, above branches."""

    kind: str
    text: str
    x: float = 0
    y: float = 0
    height: float = 26

    @property
    def width(self) -> float:
        return width(self.text, PILL_SIZE, bold=True) + 44

    def moved(self, x: float, y: float) -> Pill:
        return replace(self, x=self.x + x, y=self.y + y)

    def svg(self) -> list[str]:
        x, y = self.x, self.y
        return [
            _rect(x, y, self.width, self.height, 13, SURFACE, EDGE),
            _rect(x + 6, y + 5, 16, 16, 8, COLOURS[self.kind]),
            _icon(self.kind, f"translate({number(x + 6.7)} {number(y + 5.7)}) scale(.81)"),
            _text(x + 28, y + 17.5, self.text, "p"),
        ]


@dataclass(frozen=True, slots=True)
class Edge:
    """A line through points, with rounded corners."""

    points: tuple[tuple[float, float], ...]

    def moved(self, x: float, y: float) -> Edge:
        return Edge(tuple((a + x, b + y) for a, b in self.points))

    def svg(self) -> list[str]:
        path = "L".join(f"{number(a)} {number(b)}" for a, b in self.points)
        return [f'<path class="e" d="M{path}"/>']


Shape = Card | Pill | Edge


def document(shapes: Sequence[Shape], wide: float, high: float, name: str) -> str:
    """The whole picture; `name` is what it is called by whoever cannot see it."""
    body = [line for one in sorted(shapes, key=lambda one: not isinstance(one, Edge)) for line in one.svg()]
    fonts = "Inter, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', system-ui, sans-serif"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(wide)} {number(high)}" width="{number(wide)}"'
        f' height="{number(high)}" role="img" aria-label="{escape(name)}" font-family="{fonts}">'
    )
    style = (
        f"<style>.t{{font-size:{number(TITLE_SIZE)}px;font-weight:600;fill:{INK}}}"
        f".b{{font-size:{number(TEXT_SIZE)}px;fill:{SOFT}}}"
        f".p{{font-size:{number(PILL_SIZE)}px;font-weight:600;fill:{INK}}}"
        f".e{{fill:none;stroke:{STROKE};stroke-width:1.5;stroke-linejoin:round}}"
        ".i{fill:none;stroke:#fff;stroke-width:1.4;stroke-linecap:round;stroke-linejoin:round}</style>"
    )
    dots = (
        '<defs><pattern id="d" width="16" height="16" patternUnits="userSpaceOnUse">'
        '<circle cx="1" cy="1" r=".8" fill="#DFDFD8"/></pattern></defs>'
    )
    ground = "".join(f'<rect width="100%" height="100%" rx="14" fill="{fill}"/>' for fill in ("#F4F4EF", "url(#d)"))
    return "\n".join([head, style, dots, ground, *body, "</svg>", ""])


def _rect(x: float, y: float, wide: float, high: float, radius: float, fill: str, stroke: str = "") -> str:
    line = f' stroke="{stroke}"' if stroke else ""
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(wide)}" height="{number(high)}" rx="{number(radius)}"'
        f' fill="{fill}"{line}/>'
    )


def _icon(kind: str, transform: str) -> str:
    return f'<g class="i" transform="{transform}">{_ICONS[kind]}</g>'


def _text(x: float, y: float, text: str, style: str) -> str:
    return f'<text class="{style}" x="{number(x)}" y="{number(y)}">{escape(text)}</text>'
