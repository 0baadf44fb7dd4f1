"""What an action sees of the model while its automation is compiled: checks that record problems with their places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from dougong_metadata.expressions import Checked
from dougong_metadata.expressions.types import Type
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.flow_types import ActionModel, Recipient, TemplateText
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import FieldModel, Use
from dougong_metadata.problems import Path, path_text
from dougong_metadata.system import NAMES as SYSTEM_OBJECTS

SETTABLE = ("owner", "record_type")  # of the system's fields
WHO = ("field", "user", "permission_set", "department", "department_head", "team", "role", "email")


@dataclass(frozen=True, slots=True)
class Step:
    """One action of one automation: `said` is its loaded body, `path` where that stands, `object` what the automation
    is about ("" = nothing). Paths given to the methods begin at `path`."""

    one: Loaded
    path: Path
    said: Any
    object: str
    is_deleted: bool  # the record is gone when the action runs
    checks: ExpressionCheck
    documents: Mapping[tuple[str, str], Loaded]

    def made(self, kind: str, **parts: Any) -> ActionModel:
        """The action's model."""
        return ActionModel(kind, **parts)

    def kept(self, *keys: str) -> Mapping[str, Any]:
        """These keys of the body, as settings."""
        return MappingProxyType({key: self.said[key] for key in keys if self.said.get(key) is not None})

    def wrong(self, path: Path, code: str, en: str, zh: str) -> None:
        """Records a problem."""
        self.checks.problems.add(self.one.document, (*self.path, *path), code, en, zh)

    def living(self) -> None:
        """Refuses the action where the record is gone."""
        if self.is_deleted:
            self.wrong(
                (),
                "record_gone",
                "The record is deleted by then: update related ones, create, or tell somebody.",
                "此时记录已被删除：可更新相关记录、新建记录或通知他人。",
            )

    def writable(self, path: Path, target: str | None) -> None:
        """Refuses objects whose records the write path does not keep."""
        if target in SYSTEM_OBJECTS:
            self.wrong(
                path,
                "system_object",
                f"Records of “{target}” are kept by the administration of people.",
                f"「{target}」的记录由人员管理维护，不能由自动化写入。",
            )

    def values(
        self,
        path: Path,
        given: Mapping[str, str],
        target: str | None,
        *,
        creating: bool = False,
        at: Path | None = None,
    ) -> Mapping[str, Checked]:
        """Expressions over the triggering record by field of `target`. `at`: where the one value stands."""
        fields = self.checks.names.fields.get(target or "")
        if fields is None:
            return {}
        made: dict[str, Checked] = {}
        if not given and not creating:
            self.wrong(path, "empty", "Name a field and its value.", "请指定字段及其取值。")
        for name, text in given.items():
            place = at if at is not None else (*path, name)
            field = self._target(place, name, target or "", fields)
            if field is not None:
                checked = self.checks.assigned(self.one, (*self.path, *place), text, self.object, field)
                if checked is not None:
                    made[name] = checked
        if creating:
            self._check_required(path, given, fields)
        return MappingProxyType(made)

    def targets(self, path: Path, given: Iterable[str], target: str | None) -> None:
        """Checks that fields of `target` may be written by whoever writes from outside."""
        for name in given:
            field = self._target((*path, name), name, target or "", self.checks.names.fields.get(target or "", {}))
            if field is not None and field.read_only and not field.system:
                self._kept_by_system((*path, name), name)

    def _target(
        self, place: Path, name: str, target: str, fields: Mapping[str, FieldModel | None]
    ) -> FieldModel | None:
        if name not in fields:
            self.checks.problems.unknown(
                self.one.document, (*self.path, *place), name, f"a field of {target}", f"{target} 字段", fields
            )
            return None
        field = fields[name]
        if field is None:
            return None  # reported at its definition
        self.checks.names.used(f"{target}.{name}", self._use(place))
        kept = field.formula is not None or field.rollup is not None or field.type.computed
        if kept or field.type.name in ("formula", "rollup", "auto_number") or (field.system and name not in SETTABLE):
            self._kept_by_system(place, name)
            return None
        return field

    def _kept_by_system(self, place: Path, name: str) -> None:
        self.wrong(
            place,
            "not_settable",
            f"“{name}” is kept by the system and cannot be given.",
            f"「{name}」由系统维护，不能赋值。",
        )

    def _check_required(self, path: Path, given: Mapping[str, str], fields: Mapping[str, FieldModel | None]) -> None:
        for name, field in fields.items():
            if field is None or field.system or name in given or field.type.computed:
                continue
            if field.required and field.visible_when is None and field.type.name != "auto_number":
                said = self.one.document.body  # a default is an expression, which is not in the model yet
                owner = self.documents.get(("object", field.object))
                definition = (owner.body if owner else said).get("fields", {}).get(name, {})
                if definition.get("default") is None:
                    self.wrong(path, "required", f"“{name}” is needed.", f"缺少「{name}」。")

    def condition(self, path: Path, text: str | None, target: str | None) -> Checked | None:
        """A condition on the records of `target`."""
        return self.checks.condition(self.one, (*self.path, *path), text, target or "") if text else None

    def texts(self, *keys: str) -> Mapping[str, TemplateText]:
        """The texts under these keys of the body, or those of its `template`. The first is needed."""
        template = self.said.get("template")
        if template is not None:
            return self._template(template, keys)
        if not self.said.get(keys[0]):
            self.wrong((), "required", f"“{keys[0]}” or a “template” is needed.", f"需要「{keys[0]}」或「template」。")
        made = {}
        for key in keys:
            text = self.checks.text(self.one, (*self.path, key), self.said.get(key), self.object)
            if text is not None:
                made[key] = text
        return MappingProxyType(made)

    def _template(self, name: str, keys: Sequence[str]) -> Mapping[str, TemplateText]:
        found = self.named(("template",), "template", name)
        for key in keys:
            if self.said.get(key):
                self.wrong(
                    (key,),
                    "one_of_two",
                    f"The template says the {key} already.",
                    f"模板已包含「{key}」，请勿重复指定。",
                )
        if found is None:
            return {}
        of = found.body.get("object")
        if of is not None and of != self.object:
            self.wrong(
                ("template",),
                "other_object",
                f"The template “{name}” is about “{of}”, not about “{self.object}”.",
                f"模板「{name}」属于「{of}」，不属于「{self.object}」。",
            )
            return {}
        made = {}
        for key in keys:
            said = next((k for k in (key, "title", "subject") if found.body.get(k)), None) if key != "body" else key
            text = self.checks.text(found, (said or key,), found.body.get(said or key), self.object)
            if text is not None:
                made[key] = text
        return MappingProxyType(made)

    def named(self, path: Path, kind: str, name: str | None) -> Loaded | None:
        """The document of that kind and name; recorded where there is none, noted as a use where there is."""
        if name is None:
            return None
        found = self.documents.get((kind, name))
        if found is None:
            known = [of for what, of in self.documents if what == kind]
            zh = {"template": "模板", "webhook": "Webhook", "approval": "审批流程"}.get(kind, kind)
            en = f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
            self.checks.problems.unknown(self.one.document, (*self.path, *path), name, en, zh, known)
        else:
            self.checks.names.used(f"{kind}/{name}", self._use(path))
        return found

    def about_same(self, path: Path, kind: str, name: str | None) -> Loaded | None:
        """As `named`, refusing documents about other objects than the automation's."""
        found = self.named(path, kind, name)
        of = found.body.get("object") if found is not None else None
        if found is not None and self.object and of != self.object:
            self.wrong(
                path,
                "other_object",
                f"“{found.name}” is about “{of}”, not about “{self.object}”.",
                f"「{found.name}」属于「{of}」，不属于「{self.object}」。",
            )
        return found

    def reached(self, path: Path, relation: str) -> tuple[str | None, bool]:
        """The object at the end of a path of lookups, or that of the relation, and whether there may be several
        records. (None, …): there is no such thing (recorded)."""
        fields = self.checks.names.fields.get(self.object, {})
        pointing = self.checks.relations(self.object)
        first = relation.partition(".")[0]
        if relation in pointing and first not in fields:
            link = pointing[relation]
            self.checks.names.used(f"{link.object}.{link.name}", self._use(path))
            return link.object, True
        if first not in fields:
            known = [*(n for n, f in fields.items() if f is not None and f.to is not None), *pointing]
            self.checks.problems.unknown(
                self.one.document,
                (*self.path, *path),
                relation,
                f"a lookup of {self.object} or a relation to it",
                f"{self.object} 的查找字段或关系",
                known,
            )
            return None, True
        field = self._end(path, relation)
        if field is not None and field.to is None:
            self.wrong(
                path,
                "no_link",
                f"“{relation}” leads to no other record.",
                f"「{relation}」不指向其他记录。",
            )
        return (field.to if field is not None else None), False

    def recipients(self, path: Path, given: Sequence[Mapping[str, str]], *, addresses: bool) -> tuple[Recipient, ...]:
        """Who is told. `addresses`: e-mail addresses are taken too."""
        made = []
        for index, said in enumerate(given):
            named = [key for key in WHO if said.get(key) is not None]
            place = (*path, index)
            if len(named) != 1:
                self.wrong(
                    place,
                    "one_recipient",
                    f"Each recipient is one of {', '.join(WHO)}.",
                    f"每个接收人须为以下之一：{'、'.join(WHO)}。",
                )
                continue
            kind, value = named[0], said[named[0]]
            self._check_recipient((*place, kind), kind, value, addresses)
            made.append(Recipient(kind, value))
        return tuple(made)

    def _check_recipient(self, place: Path, kind: str, value: str, addresses: bool) -> None:
        if kind == "email" and not addresses:
            self.wrong(place, "no_address", "Only e-mails go to addresses.", "只有邮件可以发送到邮箱地址。")
        if kind in ("field", "role") and not self.object:
            self.wrong(
                place, "no_record", "There is no record here: name an `object`.", "这里没有记录：请指定 `object`。"
            )
            return
        wanted = {"field": ("user",), "department_head": ("user", "department"), "email": ()}.get(kind)
        is_path = kind == "field" or (
            wanted is not None and value.partition(".")[0] in self.checks.names.fields.get(self.object, {})
        )
        if kind == "email" and "@" not in value and not is_path:
            self.wrong(
                place,
                "no_address",
                f"“{value}” is neither an address nor a field.",
                f"「{value}」既不是邮箱地址，也不是字段。",
            )
        if wanted is None or not is_path:
            return
        field = self._end(place, value)
        if field is None:
            return
        to = Type.of(field).to
        if (wanted and to not in wanted) or (kind == "email" and field.type.expression_type != "text"):
            self.wrong(
                place,
                "no_recipient",
                f"“{value}” is {Type.of(field).words('en')}; {' or '.join(wanted) or 'an e-mail address'} is needed.",
                f"「{value}」是{Type.of(field).words('zh')}；需要{'或'.join(wanted) or '邮箱地址'}。",
            )

    def _end(self, place: Path, path: str) -> FieldModel | None:
        """The field at the end of a path of the automation's object; None where a step is wrong (recorded)."""
        at, field = self.object, None
        for step in path.split("."):
            fields = self.checks.names.fields.get(at, {})
            if step not in fields:
                self.checks.problems.unknown(
                    self.one.document, (*self.path, *place), step, f"a field of {at}", f"{at} 字段", fields
                )
                return None
            field = fields[step]
            if field is None:
                return None
            self.checks.names.used(f"{at}.{step}", self._use(place))
            at = Type.of(field).to or ""
        return field

    def _use(self, path: Path) -> Use:
        return Use(self.one.kind.name, self.one.name, path_text((*self.path, *path)))
