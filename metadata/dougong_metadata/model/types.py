"""The model: the compiled, immutable form of one release. Built by `compile_model`, read by the whole engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from dougong_metadata.expressions.calendars import EVERY_WEEK, WorkingDays
from dougong_metadata.label import Label

if TYPE_CHECKING:
    from dougong_metadata.documents import Document
    from dougong_metadata.expressions import Checked
    from dougong_metadata.field_types.base import FieldType
    from dougong_metadata.model.approval_types import ApprovalModel
    from dougong_metadata.model.calendar_types import CalendarModel
    from dougong_metadata.model.dashboard_types import DashboardModel
    from dougong_metadata.model.flow_types import AutomationModel, PipelineModel, RollupModel
    from dougong_metadata.model.report_types import ReportModel
    from dougong_metadata.model.template_types import TemplateModel
    from dougong_metadata.model.webhook_types import WebhookModel

# Columns every object's table has, in this order; they appear as fields with system=True.
SYSTEM_FIELDS = (
    "id",
    "owner",
    "record_type",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "version",
    "deleted_at",
    "deleted_by",
)


@dataclass(frozen=True, slots=True)
class PicklistValue:
    value: str
    label: Label
    colour: str = "mute"  # one of: mute, info, good, warn, bad, draft
    parents: tuple[str, ...] = ()  # values of the controlling picklist under which this one may be chosen; () = all
    active: bool = True


@dataclass(frozen=True, slots=True)
class PicklistModel:
    name: str
    label: Label
    values: Mapping[str, PicklistValue]  # in order
    depends_on: str | None = None  # a shared picklist's name, documentation only; the field says controlled_by


@dataclass(frozen=True, slots=True)
class FieldModel:
    """One field of one object. `settings` are the type's own validated options (max_length, scale, values …)."""

    object: str
    name: str
    type: FieldType
    label: Label
    position: int
    help: Label | None = None
    required: bool = False
    unique: bool = False
    index: bool = False
    read_only: bool = False
    system: bool = False
    searchable: bool = False
    to: str | None = None  # the object that a lookup, detail, user or department field points to
    on_delete: str = "clear"  # clear | block | cascade, for lookups; details always cascade
    default: Checked | None = None
    visible_when: Checked | None = None
    required_when: Checked | None = None
    picklist: PicklistModel | None = None  # resolved values of (multi_)picklist fields, own or shared
    follows_shares: bool = False  # a share of the record it points to may be extended to this one
    controlled_by: str | None = None  # the picklist field of the same object on which this one depends
    settings: Mapping[str, Any] = field(default_factory=dict)
    formula: Checked | None = None  # worked out at every read; `type` is then the type of the result
    rollup: RollupModel | None = None  # kept by the writes of other records; `type` is then the type of the result
    relation: str | None = None  # what expressions call the records that point here by this link

    @property
    def is_stored(self) -> bool:
        """Whether it has a column."""
        return self.formula is None

    @property
    def is_relation(self) -> bool:
        """Whether expressions about what it points to can speak of its records."""
        return self.to is not None and (not self.system or self.relation is not None)


@dataclass(frozen=True, slots=True)
class RecordType:
    name: str
    label: Label
    default: bool = False
    picklists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # field -> allowed values


@dataclass(frozen=True, slots=True)
class UniqueKey:
    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexModel:
    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValidationModel:
    """`must` has to hold for every saved row; else `message` is shown at `field` (or at the record)."""

    name: str
    object: str
    must: Checked
    message: Label
    field: str | None = None
    when: Checked | None = None
    record_types: tuple[str, ...] = ()
    active: bool = True
    warns: bool = False  # whoever saves is asked, and may save nonetheless
    starts: date | None = None  # the first day, in the tenant's time zone, on which it is checked


@dataclass(frozen=True, slots=True)
class ObjectModel:
    name: str
    label: Label
    plural: Label
    icon: str  # a Tabler icon's name
    name_field: str
    fields: Mapping[str, FieldModel]  # in order: own fields first, then SYSTEM_FIELDS
    record_types: Mapping[str, RecordType]
    unique_keys: Mapping[str, UniqueKey]
    indexes: Mapping[str, IndexModel]
    validations: tuple[ValidationModel, ...]
    parent: FieldModel | None  # the detail field by which a parent owns these records
    details: tuple[FieldModel, ...]  # detail fields of other objects that point here
    referrers: tuple[FieldModel, ...]  # all lookup and detail fields of other objects that point here
    description: Label | None = None
    history: bool = True
    system: bool = False  # user, department, team: kept by the tenants package, read-only to the write path
    default_access: str = "private"  # private | read | write
    pipelines: tuple[PipelineModel, ...] = ()
    automations: tuple[AutomationModel, ...] = ()  # active ones on its records, in the order in which they run
    rolled_by: tuple[FieldModel, ...] = ()  # roll-ups of other objects that these records' writes keep
    approvals: tuple[ApprovalModel, ...] = ()  # active flows on its records, by name

    @property
    def rollups(self) -> tuple[FieldModel, ...]:
        """The fields that other records' writes keep."""
        return tuple(f for f in self.fields.values() if f.rollup is not None)

    @property
    def stored_fields(self) -> tuple[FieldModel, ...]:
        """Own fields that have a column."""
        return tuple(f for f in self.own_fields if f.is_stored)

    @property
    def own_fields(self) -> tuple[FieldModel, ...]:
        return tuple(f for f in self.fields.values() if not f.system)


@dataclass(frozen=True, slots=True)
class LayoutSection:
    name: str
    label: Label
    columns: int  # 1..3
    fields: tuple[str, ...]  # on an edit form also "-" = an empty cell
    visible_when: Checked | None = None
    collapsed: bool = False


@dataclass(frozen=True, slots=True)
class RelatedList:
    """Records of `object` whose `field` points to the page's record."""

    object: str
    field: str
    columns: tuple[str, ...]
    sort: str | None = None
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class LayoutModel:
    name: str
    object: str
    label: Label
    record_types: tuple[str, ...]  # () = all
    sections: tuple[LayoutSection, ...]  # of the form and of the page's facts
    highlights: tuple[str, ...]  # fields on the page's head
    path: str | None  # a picklist field shown as the stage path
    related: tuple[RelatedList, ...]
    quick: tuple[str, ...] = ()  # fields of the quick-create dialog; () = name field and required ones


@dataclass(frozen=True, slots=True)
class ListViewModel:
    name: str
    object: str
    label: Label
    columns: tuple[str, ...]  # field names or paths ("author.name")
    filter: Checked | None
    sort: tuple[str, ...]  # "-amount", "name"
    position: int = 0
    totals: tuple[str, ...] = ()  # numeric columns summed in the foot


@dataclass(frozen=True, slots=True)
class NavigationItem:
    label: Label
    object: str | None = None
    page: str | None = None  # home | search | bin …: a page registered by a face
    url: str | None = None
    icon: str | None = None


@dataclass(frozen=True, slots=True)
class NavigationGroup:
    label: Label | None
    items: tuple[NavigationItem, ...]


@dataclass(frozen=True, slots=True)
class HomeNumber:
    """A figure on the home page; a click lists the records under `filter`. `format`: number, money or percent."""

    label: Label
    object: str
    aggregate: Checked
    filter: Checked | None
    format: str = "number"


@dataclass(frozen=True, slots=True)
class HomeList:
    """Records of a list view on the home page. `when` is a date shown in front; a tick sets field `done[0]` to
    `done[1]`; `place` is main or side."""

    label: Label
    object: str
    list_view: str
    columns: tuple[str, ...]
    when: str | None = None
    done: tuple[str, str] | None = None
    place: str = "main"
    limit: int = 6


@dataclass(frozen=True, slots=True)
class HomeModel:
    numbers: tuple[HomeNumber, ...]
    lists: tuple[HomeList, ...]


@dataclass(frozen=True, slots=True)
class AppModel:
    """`home` is None where the document says nothing of it: then the page shows one's own records."""

    name: str
    label: Label
    groups: tuple[NavigationGroup, ...]
    position: int = 0
    home: HomeModel | None = None


@dataclass(frozen=True, slots=True)
class ObjectRight:
    """What a permission set grants on one object.

    Scopes, of which several sets may hold different ones at once: none, own, own_below (and of everybody below in the
    manager line), department, department_below, departments (those named where the set was granted), all.
    `record_types`: those that may be created and chosen; () = all.
    """

    create: bool = False
    read: str = "none"
    update: str = "none"
    delete: str = "none"
    import_: bool = False
    export: bool = False
    merge: bool = False
    share: bool = False
    record_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PermissionSetModel:
    """`fields` narrows: "object.field" -> none | mask | read | edit; an absent field follows the object's right.
    `kinds` are kinds of documents that its holders may shape without the system right `metadata`."""

    name: str
    label: Label
    system: frozenset[str]  # metadata, people, tokens, jobs, audit
    apps: tuple[str, ...]  # () = all
    objects: Mapping[str, ObjectRight]
    fields: Mapping[str, str]
    all_objects: ObjectRight | None = None  # "objects: {'*': …}"
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SharingRule:
    """Records of `object` that fit `when` (None = all) are open to those named, to read or to edit.

    Departments are meant with or without those below; people by e-mail, departments and teams by name.
    """

    name: str
    object: str
    label: Label
    when: Checked | None
    access: str  # read | edit
    everyone: bool = False
    users: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    departments_below: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    permission_sets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Model:
    """`hash` is the content hash of the documents: equal metadata, equal hash, one model in memory."""

    hash: str
    documents: Mapping[tuple[str, str], Document]
    objects: Mapping[str, ObjectModel]
    picklists: Mapping[str, PicklistModel]
    layouts: Mapping[str, tuple[LayoutModel, ...]]  # by object
    list_views: Mapping[str, tuple[ListViewModel, ...]]  # by object, in order
    apps: Mapping[str, AppModel]
    permission_sets: Mapping[str, PermissionSetModel]
    uses: Mapping[str, tuple[Use, ...]]  # "object", "object.field", "kind/name" -> where it is used
    sharing: Mapping[str, tuple[SharingRule, ...]] = field(default_factory=dict)  # active rules by object
    automations: Mapping[str, AutomationModel] = field(default_factory=dict)  # all active ones by name
    pipelines: Mapping[str, PipelineModel] = field(default_factory=dict)
    webhooks: Mapping[str, WebhookModel] = field(default_factory=dict)  # all of them, inactive ones too
    templates: Mapping[str, TemplateModel] = field(default_factory=dict)
    calendars: Mapping[str, CalendarModel] = field(default_factory=dict)
    working_days: WorkingDays = EVERY_WEEK  # of the default calendar
    approvals: Mapping[str, ApprovalModel] = field(default_factory=dict)  # all flows by name, inactive ones too
    reports: Mapping[str, ReportModel] = field(default_factory=dict)  # by position
    dashboards: Mapping[str, DashboardModel] = field(default_factory=dict)  # by position
    fiscal_start: int = 1  # the month in which fiscal years begin, of the default calendar

    def object(self, name: str) -> ObjectModel:
        """The object called `name`; raises UnknownName with the nearest right name."""
        from dougong_metadata.problems import unknown  # the model is imported by everything: keep it light

        try:
            return self.objects[name]
        except KeyError:
            raise unknown(name, "an object", "对象", self.objects) from None


@dataclass(frozen=True, slots=True)
class Use:
    """One place that refers to something: the document and the path inside it."""

    kind: str
    name: str
    path: str
