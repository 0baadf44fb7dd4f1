"""The names by which expressions call the records that point to a record: each means one link, and no field."""

from __future__ import annotations

from collections.abc import Sequence

from dougong_metadata.model.compile_field import WORDS
from dougong_metadata.model.names import Names
from dougong_metadata.model.reading import Loaded
from dougong_metadata.problems import Problems


def check_relations(objects: Sequence[Loaded], names: Names, problems: Problems) -> None:
    """Refuses a `relation` that another link to the same object has, that a field of it is called, or that is the name
    of another object whose records point to it. An object that is called like what people own of another one has to
    give its links to them a `relation`."""
    links = [f for fields in names.fields.values() for f in fields.values() if f is not None and f.to]
    taken = {(str(f.to), f.relation): f for f in links if f.system and f.relation is not None}
    pointing = {(str(f.to), f.object) for f in links}
    for one in objects:
        for field in names.fields[one.name].values():
            if field is None or field.system or field.to is None:
                continue
            name = field.relation or (one.name if (field.to, one.name) in taken else None)
            if name is None:
                continue
            target = names.fields.get(field.to, {})
            first = taken.setdefault((field.to, name), field)
            if name in WORDS:
                why = "is a word of the expression language", "是表达式语言的保留字"
            elif first is not field:
                why = (
                    f"is what {first.object}.{first.name} calls its records",
                    f"已是 {first.object}.{first.name} 的关联名称",
                )
            elif name in target:
                why = f"is a field of {field.to}", f"是 {field.to} 的字段"
            elif name != one.name and (field.to, name) in pointing:
                why = f"is an object that points to {field.to}, too", f"是另一个指向 {field.to} 的对象"
            else:
                continue
            problems.add(
                one.document,
                ("fields", field.name, "relation"),
                "relation_taken",
                f"“{name}” {why[0]}; choose another name.",
                f"「{name}」{why[1]}，请换一个名称。",
            )
