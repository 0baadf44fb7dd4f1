"""Writes JSON values as YAML people like to read: short mappings and lists on one line, the rest in blocks, always the
same for the same value, and read back by `yaml_reading` to exactly that value. Used by `documents`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from dougong_metadata.yaml_reading import plain_scalar

LINE = 110  # characters up to which a mapping or list is written on one line

_Writer: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_TEXT, _MAP, _LIST = "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"
_OTHERS_READ = re.compile(  # what other YAML readers would not take for text
    r"(?i)(?:y|n|yes|no|on|off|true|false|null|~|=|<<|[-+.0-9].*)\Z"
)
_PLAIN_BLOCK = re.compile(r"[\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\n]*[^\s]\n?\Z")


def write_yaml(value: Any) -> str:
    """`value` (any JSON value) as YAML text."""
    node, _ = _node(value, 0)
    if isinstance(node, yaml.CollectionNode):
        node.flow_style = not node.value
    return str(yaml.serialize(node, Dumper=_Writer, allow_unicode=True, width=10_000))


def _node(value: Any, depth: int) -> tuple[yaml.Node, int]:
    """The node and the length of its one-line form (LINE + 1 when it cannot be on one line)."""
    if isinstance(value, Mapping):
        return _mapping(value, depth)
    if isinstance(value, (list, tuple)):
        items = [_node(item, depth + 1) for item in value]
        length = sum(size + 2 for _, size in items) + 2
        return yaml.SequenceNode(_LIST, [node for node, _ in items], flow_style=_on_line(length, depth)), length
    return _scalar(value)


def _mapping(value: Mapping[str, Any], depth: int) -> tuple[yaml.Node, int]:
    pairs, length = [], 2
    for key, item in value.items():
        key_node, key_size = _scalar(str(key))
        item_node, item_size = _node(item, depth + 1)
        if key_node.style == "|":  # a key of several lines has no block form
            key_node.style = '"'
        pairs.append((key_node, item_node))
        length += key_size + item_size + 4
    return yaml.MappingNode(_MAP, pairs, flow_style=_on_line(length, depth)), length


def _on_line(length: int, depth: int) -> bool:
    return length + 4 * depth <= LINE


def _scalar(value: Any) -> tuple[yaml.ScalarNode, int]:
    if value is None or isinstance(value, bool):
        text = {None: "null", True: "true", False: "false"}[value]
        return yaml.ScalarNode("tag:yaml.org,2002:null" if value is None else "tag:yaml.org,2002:bool", text), len(text)
    if isinstance(value, (int, float)):
        text = _number(value)
        return yaml.ScalarNode(f"tag:yaml.org,2002:{type(value).__name__}", text), len(text)
    text = str(value)
    if "\n" in text:
        block = _PLAIN_BLOCK.match(text) and not text.startswith((" ", "\n"))
        return yaml.ScalarNode(_TEXT, text, style="|" if block else '"'), LINE + 1
    quoted = _OTHERS_READ.match(text) or not isinstance(plain_scalar(text), str)
    return yaml.ScalarNode(_TEXT, text, style='"' if quoted else None), len(text) + 2


def _number(value: float) -> str:
    """Digits that every YAML reader takes for the same number ("1.0e+20", never "1e+20")."""
    text = repr(value)
    if "e" in text and "." not in text:
        text = text.replace("e", ".0e", 1)
    return text
