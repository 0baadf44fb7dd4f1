"""Whether the paths of a report lead to what stands there: dates, people, groups, relations, stages. That they lead to
fields at all is told by `check_references`. Used by `compile_report` and by the widgets of dashboards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dougong_metadata.expressions.types import DATE, NUMBER, TEXT, Type
from dougong_metadata.kinds.walking import Found
from dougong_metadata.model.check_references import ReferenceCheck
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.flow_types import PipelineModel
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.report_types import CYCLES, ReportGroup
from dougong_metadata.model.types import FieldModel, Use
from dougong_metadata.problems import Path, path_text
from dougong_metadata.system import NAMES as SYSTEM_OBJECTS


@dataclass(frozen=True, slots=True)
class PathCheck:
    """Checks paths from records of `about`, and records the problems of the document `one`."""

    one: Loaded
    about: str
    checks: ExpressionCheck
    pipelines: Mapping[str, PipelineModel]

    def end(self, path: str, about: str | None = None) -> FieldModel | None:
        """The field at the end of the path; None where there is none (told elsewhere)."""
        at: str | None = about or self.about
        field = None
        for step in path.split("."):
            field = self.checks.names.fields.get(at or "", {}).get(step)
            if field is None:
                return None
            at = Type.of(field).to
        return field

    def wrong(self, path: Path, code: str, en: str, zh: str) -> None:
        """Records a problem."""
        self.checks.problems.add(self.one.document, path, code, en, zh)

    def date(self, path: Path, text: str | None, about: str | None = None) -> None:
        """It is a date, or a moment."""
        field = self.end(text, about) if text else None
        if field is not None and not Type.of(field).is_moment:
            self.wrong(path, "not_a_date", f"“{text}” is no date.", f"「{text}」不是日期。")

    def user(self, path: Path, text: str, about: str | None = None) -> None:
        """It is a person."""
        if (about or self.about, text) == ("user", "id"):
            return
        field = self.end(text, about)
        if field is not None and Type.of(field).to != "user":
            self.wrong(path, "not_a_user", f"“{text}” leads to no user.", f"「{text}」不指向人员。")

    def grouped(self, path: Path, said: Mapping[str, Any]) -> str | None:
        """Whether groups can be made like that; the span or cycle of a date, days where nothing is said."""
        field, by, every = self.end(said["by"]), said["by"], said.get("every")
        if field is None:
            return every
        type_ = Type.of(field)
        if not field.type.groupable or type_.is_structured:
            self.wrong(
                (*path, "by"),
                "not_groupable",
                f"Records cannot be grouped by “{by}”, a field of type {field.type.name}.",
                f"不能按「{by}」分组：其类型为 {field.type.label['zh']}。",
            )
            return every
        if every is not None and not type_.is_moment:
            text = f"“every” is for dates and moments; “{by}” is none."
            self.wrong((*path, "every"), "not_a_date", text, f"「every」用于日期和时间；「{by}」不是。")
        elif every == "hour" and type_.name != "datetime":
            text = f"“{by}” is a day without hours."
            self.wrong((*path, "every"), "not_a_moment", text, f"「{by}」只有日期，没有时刻。")
        for key in ("step", "edges"):
            if said.get(key) is not None and not type_.is_number:
                text = f"“{key}” is for numbers; “{by}” is none."
                self.wrong((*path, key), "not_a_number_field", text, f"「{key}」用于数值；「{by}」不是。")
        return every or ("day" if type_.is_moment else None)

    def group_type(self, group: ReportGroup) -> Type:
        """What a condition on groups takes the group for: a span by its first day, a cycle by its number."""
        field = self.end(group.by)
        if field is None:
            return TEXT
        if group.every in CYCLES:
            return NUMBER
        return DATE if group.every is not None and Type.of(field).is_moment else Type.of(field)

    def relation(self, path: Path, name: str) -> str | None:
        """The object of the relation; None where there is none (recorded)."""
        known = self.checks.relations(self.about)
        link = known.get(name)
        if link is None:
            if name:
                self.checks.problems.unknown(
                    self.one.document, path, name, f"a relation to {self.about}", f"指向 {self.about} 的关系", known
                )
            return None
        use = Use(self.one.kind.name, self.one.name, path_text(path))
        self.checks.names.used(f"{link.object}.{link.name}", use)
        return link.object

    def event(self, path: Path, text: str) -> str | None:
        """The object whose date it is: the report's own, or that of the relation in front."""
        first, _, rest = text.partition(".")
        if first in self.checks.names.fields[self.about] or not rest:
            of: str | None = self.about
        else:
            of, text = self.relation(path, first), rest
        if of is not None:
            self.field(path, text, of)
            self.date(path, text, of)
        return of

    def field(self, path: Path, text: str, about: str) -> FieldModel | None:
        """The field at the end of the path from records of `about`; recorded where there is none, noted as a use."""
        references = ReferenceCheck(self.checks.names, self.checks.problems)
        return references.field_at(self.one, Found("path", text, path, about), text)

    def staged(self, path: Path, name: str | None, stages: Sequence[str]) -> None:
        """The stages are values of the field."""
        field = self.end(name) if name else None
        if field is None or field.picklist is None:
            return
        for index, value in enumerate(stages):
            if value not in field.picklist.values:
                self.checks.problems.unknown(
                    self.one.document,
                    (*path, "stages", index),
                    value,
                    f"a value of “{name}”",
                    f"「{name}」的选项",
                    field.picklist.values,
                )

    def pipelined(self, path: Path, name: str) -> None:
        """The field has a pipeline."""
        staged = {p.field for p in self.pipelines.values() if p.object == self.about}
        if self.end(name) is not None and name not in staged:
            self.wrong(
                path,
                "no_pipeline",
                f"“{name}” has no pipeline" + (f"; there is one of {', '.join(sorted(staged))}." if staged else "."),
                f"「{name}」没有阶段流程" + (f"；有阶段流程的字段：{'、'.join(sorted(staged))}。" if staged else "。"),
            )

    def decided(self, name: str | None) -> None:
        """Won and lost: a pipeline says which values are which."""
        staged = sorted({p.field for p in self.pipelines.values() if p.object == self.about})
        if name is not None:
            self.pipelined(("funnel", "field"), name)
        elif len(staged) != 1:
            self.wrong(
                ("type",),
                "no_pipeline",
                f"What is won and lost is told by a pipeline; {self.about} has "
                + (f"several, of {', '.join(staged)}: name one in `funnel`." if staged else "none."),
                f"赢单与丢单由阶段流程确定；{self.about} "
                + (f"有多个（{'、'.join(staged)}）：请在 funnel 中指定。" if staged else "没有阶段流程。"),
            )

    def logged(self, path: Path) -> None:
        """The object's records have a history."""
        past = self.checks.names.past.get(self.about)
        if self.about in SYSTEM_OBJECTS or (past is not None and not past.history):
            self.wrong(
                path,
                "no_history",
                f"“{self.about}” keeps no history of its records, so nothing tells what they were.",
                f"「{self.about}」不保存记录历史，无法得知过去的取值。",
            )

    def kept(self, path: Path, name: str | None) -> None:
        """The field's values are in the history: they are the record's own, and saved."""
        field = self.end(name) if name else None
        if name and field is not None and ("." in name or not field.is_stored):
            self.wrong(
                path,
                "not_stored",
                f"“{name}” is no number that is saved with the record.",
                f"「{name}」不是随记录保存的数值。",
            )

    def listed(self, body: Mapping[str, Any]) -> None:
        """What a list is sorted by."""
        for index, text in enumerate(body.get("sort") or () if body.get("type") == "list" else ()):
            name = text.removeprefix("-")
            field = self.field(("sort", index), name, self.about)
            if field is not None and not field.type.sortable:
                self.wrong(
                    ("sort", index),
                    "not_sortable",
                    f"Records cannot be sorted by a field of type {field.type.name}.",
                    f"不能按 {field.type.name} 类型的字段排序。",
                )
