"""Templates, compiled: part of the Model, read by automations and by the builder's preview."""

from __future__ import annotations

from dataclasses import dataclass

from dougong_metadata.label import Label
from dougong_metadata.model.flow_types import TemplateText


@dataclass(frozen=True, slots=True)
class TemplateModel:
    """Texts about a record of `object` (None: about none). `channel` is notification or email; `title` is an e-mail's
    subject, too."""

    name: str
    label: Label
    channel: str
    title: TemplateText
    object: str | None = None
    body: TemplateText | None = None
