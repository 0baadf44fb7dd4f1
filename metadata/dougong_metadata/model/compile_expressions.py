"""Type-checks the expressions of documents; what is wrong with one becomes a problem with file, line and position."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import Checked, Scope, check
from dougong_metadata.expressions.scope import Mode, Past
from dougong_metadata.expressions.types import Type
from dougong_metadata.model.compile_text import compile_text
from dougong_metadata.model.flow_types import TemplateText
from dougong_metadata.model.names import Names
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import FieldModel, Use
from dougong_metadata.problems import Path, Problems, nearest, path_text, unknown_sentences

NO_OBJECT = ""  # where there is no record whose fields could be meant


class ExpressionCheck:
    """Checks expressions against the fields of a model that is being compiled."""

    def __init__(self, names: Names, problems: Problems) -> None:
        self.names, self.problems = names, problems
        self._fields: Mapping[str, Mapping[str, FieldModel]] = {
            NO_OBJECT: {},
            **{name: names.good_fields(name) for name in names.fields},
        }
        self._pointing = _pointing(self._fields)
        self._broken = names.broken | names.half_known

    def _links(self, object_name: str) -> Sequence[FieldModel]:
        return self._pointing.get(object_name, ())

    def relations(self, object_name: str) -> Mapping[str, FieldModel]:
        """The links to the object by what expressions call the records behind them."""
        return Scope(self._fields.__getitem__, object_name, links=self._links).relations(object_name)

    def is_detail(self, object_name: str) -> bool:
        """Whether the object's records are owned by a parent."""
        return any(field.type.name == "detail" for field in self._fields.get(object_name, {}).values())

    def formulas_in(self, checked: Checked) -> list[str]:
        """Names of the formula fields that an expression reads."""
        read = ((name, self.names.fields.get(of, {}).get(name)) for of, name in sorted(checked.fields))
        return [name for name, field in read if field is not None and field.formula is not None]

    def condition(
        self, one: Loaded, path: Path, text: str | None, object_name: str, *, saving: bool = False
    ) -> Checked | None:
        """A condition on a record of the object; `saving` ones may ask what changes."""
        return self._check(one, path, text, object_name, "condition", None, saving)

    def filter(self, one: Loaded, path: Path, text: str | None, object_name: str) -> Checked | None:
        """A condition on many records of the object, which may ask how they were."""
        return self._check(one, path, text, object_name, "condition", None, False, past=True)

    def aggregate(self, one: Loaded, path: Path, text: str | None, object_name: str) -> Checked | None:
        """A number over many records: SUM(…), COUNT() and the like."""
        return self._check(one, path, text, object_name, "aggregate", None, False)

    def over(
        self, one: Loaded, path: Path, text: str | None, names: Mapping[str, Type], what: tuple[str, str]
    ) -> Checked | None:
        """A condition that speaks of `names` alone. `what` says in both languages what these are."""
        if not text:
            return None
        try:
            return check(text, Scope(nothing, NO_OBJECT, "condition", names=names, calendar=self.names.working_days))
        except ExpressionError as fault:
            self.record(one, path, text, _unnamed(fault, text, names, what))
        return None

    def scope(
        self, object_name: str, mode: Mode, *, saving: bool = False, past: bool = True, spanned: bool = False
    ) -> Scope:
        """What an expression about records of the object sees; `past`: it stands in a filter or a report; `spanned`: in
        a value of a report that has a period."""
        return Scope(
            self._fields.__getitem__,
            object_name,
            mode,
            saving,
            links=self._links,
            calendar=self.names.working_days,
            past=self._past if past else None,
            spanned=spanned,
        )

    def _past(self, object_name: str) -> Past:
        return self.names.past.get(object_name, Past())

    def default(self, one: Loaded, path: Path, text: str | None, field: FieldModel) -> Checked | None:
        """A value for `field`."""
        return self._check(one, path, text, field.object, "value", field, False)

    def value(self, one: Loaded, path: Path, text: str | None, field: FieldModel) -> Checked | None:
        """What a formula yields, as a value of `field`."""
        return self._check(one, path, text, field.object, "value", field, False)

    def assigned(
        self, one: Loaded, path: Path, text: str | None, object_name: str, expected: FieldModel | Type | None
    ) -> Checked | None:
        """A value for `expected`, told by a record of the object (NO_OBJECT: by none) that is being saved."""
        return self._check(one, path, text, object_name, "value", expected, True)

    def read(
        self, one: Loaded, path: Path, text: str | None, object_name: str, expected: Type | None = None
    ) -> Checked | None:
        """A value of a record of the object as it stands: nothing asks what a save changes."""
        return self._check(one, path, text, object_name, "value", expected, False)

    def text(
        self, one: Loaded, path: Path, given: object, object_name: str, *, saving: bool = True
    ) -> TemplateText | None:
        """A text (or {en, zh}) with `{{ expression }}` in it about a record of the object (NO_OBJECT: about none);
        `saving` ones may ask what the save changed."""
        if not given or object_name not in self._fields:
            return None

        def checked(locale: str, text: str, whole: str, start: int) -> Checked | None:
            place = (*path, locale) if locale and isinstance(given, Mapping) else path
            return self._check(one, place, text, object_name, "value", None, saving, (whole, start))

        def refused(locale: str, fault: ExpressionError, whole: str) -> None:
            self.record(one, (*path, locale) if locale and isinstance(given, Mapping) else path, whole, fault)

        return compile_text(given, checked, refused, self.names.name_fields.get)

    def _check(
        self,
        one: Loaded,
        path: Path,
        text: str | None,
        object_name: str,
        mode: Mode,
        expected: FieldModel | Type | None,
        saving: bool,
        within: tuple[str, int] | None = None,
        past: bool = False,
    ) -> Checked | None:
        """`within`: the whole text in which the expression stands, and where it begins."""
        if not text or object_name not in self._fields:
            return None
        try:
            checked = check(text, self.scope(object_name, mode, saving=saving, past=past), expected)
        except ExpressionError as fault:
            if self._broken.isdisjoint(_names_at(text, fault.position)):  # else the field's own problem is the cause
                fault = _quoted(fault, text, expected) if object_name != NO_OBJECT else _recordless(fault)
                whole, start = within or (text, 0)
                self.record(one, path, whole, _moved(fault, start))
            return None
        for of, name in checked.fields:
            self.names.used(f"{of}.{name}", Use(one.kind.name, one.name, path_text(path)))
        return checked

    def refused(self, one: Loaded, path: Path, text: str, fault: ExpressionError) -> None:
        """As `record`, but where a field that is named is itself wrong, its own problem tells it."""
        if self._broken.isdisjoint(_names_at(text, fault.position)):
            self.record(one, path, text, fault)

    def record(self, one: Loaded, path: Path, text: str, fault: ExpressionError) -> None:
        """Notes the fault of an expression that stands at `path`."""
        line = one.document.source.line(path)
        if line is not None and "\n" in text.rstrip("\n"):  # a block text begins on the line after its key
            line += 1 + text.count("\n", 0, fault.position)
        at = max(0, fault.position)
        self.problems.add(
            one.document,
            path,
            "expression_invalid",
            f"{fault.message('en')} (at character {at + 1})",
            f"{fault.message('zh')}（第 {at + 1} 个字符）",
            hint=fault.hint,
            line=line,
            position=at,
            length=fault.length,
        )


def nothing(object_name: str) -> Mapping[str, FieldModel]:
    """The fields where no record can be meant."""
    return {}


def _unnamed(fault: ExpressionError, text: str, names: Mapping[str, Type], what: tuple[str, str]) -> ExpressionError:
    """A name that is none of `names`: told as what it should have been, where no field could be meant."""
    if f"`{NO_OBJECT}`" not in fault.message("en"):
        return fault
    word = ".".join(_names_at(text, fault.position))
    hint = nearest(word, names)
    en, zh = unknown_sentences(word, *what, hint)
    return ExpressionError(en, zh, fault.position, len(word), hint)


def _moved(fault: ExpressionError, by: int) -> ExpressionError:
    """The fault of an expression as one of the text around it."""
    if not by:
        return fault
    en, zh = fault.message("en"), fault.message("zh")
    return ExpressionError(en, zh, max(0, fault.position) + by, fault.length, fault.hint)


def _recordless(fault: ExpressionError) -> ExpressionError:
    """A field is named where there is no record: that is what to say."""
    if f"`{NO_OBJECT}`" not in fault.message("en"):
        return fault
    return ExpressionError(
        "There is no record here whose fields could be read: name an `object`.",
        "这里没有记录，无法读取字段：请指定 `object`。",
        fault.position,
        fault.length,
    )


def _pointing(fields: Mapping[str, Mapping[str, FieldModel]]) -> Mapping[str, Sequence[FieldModel]]:
    """The links to each object: by them expressions find the records that point to one."""
    found: dict[str, list[FieldModel]] = {}
    for of in fields.values():
        for field in of.values():
            if field.to is not None and field.is_relation:
                found.setdefault(field.to, []).append(field)
    return found


def _quoted(fault: ExpressionError, text: str, expected: FieldModel | Type | None) -> ExpressionError:
    """A default that is one of the picklist's values but lacks its quotes: the likeliest slip, told as such."""
    if expected is None or expected.picklist is None or text.strip() not in expected.picklist.values:
        return fault
    value = text.strip()
    return ExpressionError(
        f"A value of the picklist needs its quotes: '\"{value}\"'.",
        f"选项值需要加引号：'\"{value}\"'。",
        0,
        len(text),
        f'"{value}"',
    )


def _names_at(text: str, position: int) -> list[str]:
    """The names of the path that stands at `position` of an expression."""
    return next(
        (found[0].split(".") for found in re.finditer(r"[\w.]+", text) if found.start() <= position < found.end()), []
    )
