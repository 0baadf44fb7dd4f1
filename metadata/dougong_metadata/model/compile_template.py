"""Templates by name, their texts taken apart and their expressions checked."""

from __future__ import annotations

from collections.abc import Sequence

from dougong_metadata.kinds.template import HEADLINES
from dougong_metadata.label import Label
from dougong_metadata.model.compile_expressions import NO_OBJECT, ExpressionCheck
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.template_types import TemplateModel


def compile_templates(loaded: Sequence[Loaded], expressions: ExpressionCheck) -> dict[str, TemplateModel]:
    """All of them; one without a title is left out (recorded)."""
    made = {}
    for one in sorted(loaded, key=lambda found: found.name):
        if one.kind.name != "template":
            continue
        body, of = one.body, one.body.get("object")
        channel = body.get("channel", "notification")
        headline = HEADLINES.get(channel, "title")
        title = expressions.text(one, (headline,), body.get(headline), of or NO_OBJECT)
        text = expressions.text(one, ("body",), body.get("body"), of or NO_OBJECT)
        if title is not None:
            label = Label.of(body.get("label"), one.name)
            made[one.name] = TemplateModel(one.name, label, channel, title, of, text)
    return made
