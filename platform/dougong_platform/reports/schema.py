"""Shapes of the reports' HTTP bodies and answers."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from dougong_platform.query.listing import MOST_ROWS

_KEYS = 20  # groups of rows or columns


def _key(value: Any) -> None:
    if isinstance(value, list | dict):
        raise ValidationError("Not a valid value.")


class AskedBody(Schema):
    """What whoever opens a report may set; what is absent or null is as in the report."""

    period = fields.String(allow_none=True, validate=validate.Length(max=40), metadata={"example": "this_quarter"})
    compare = fields.String(allow_none=True, validate=validate.OneOf(("none", "previous", "year_ago")))
    owner = fields.UUID(allow_none=True)
    department = fields.UUID(allow_none=True)
    where = fields.String(allow_none=True, validate=validate.Length(max=20_000))
    sort = fields.List(fields.String(), allow_none=True, validate=validate.Length(max=10))


class RunBody(AskedBody):
    """`cursor`: the `next` of the page before, of a report of type list."""

    cursor = fields.String(allow_none=True)


class RunBodyBody(RunBody):
    """A report that is not kept: the body of a report document."""

    report = fields.Dict(required=True)


class RecordsBody(AskedBody):
    """A cell: the keys of its row and its column as the answer has them, and one of its values."""

    row = fields.List(fields.Raw(allow_none=True, validate=_key), validate=validate.Length(max=_KEYS))
    column = fields.List(fields.Raw(allow_none=True, validate=_key), validate=validate.Length(max=_KEYS))
    value = fields.String(allow_none=True)
    fields_ = fields.List(fields.String(), data_key="fields", validate=validate.Length(max=200))
    limit = fields.Integer(validate=validate.Range(1, MOST_ROWS))
    cursor = fields.String(allow_none=True)


class ReportShape(Schema):
    """A report that the caller may see. `own`: somebody keeps it as his, `owner` says who. `broken`: it speaks of what
    is gone."""

    key = fields.String()
    label = fields.String()
    description = fields.String(allow_none=True)
    folder = fields.String(allow_none=True)
    object = fields.String()
    type = fields.String()
    own = fields.Boolean()
    owner = fields.UUID(allow_none=True)
    editable = fields.Boolean()
    broken = fields.Boolean()


class ReportList(Schema):
    """Those of the company in their order, then own ones."""

    reports = fields.List(fields.Nested(ReportShape))


class ReportDocumentShape(ReportShape):
    """With its document, as metadata has it; null for whom it names what he may not know."""

    report = fields.Dict(allow_none=True)


class HeadShape(Schema):
    """The head of a column."""

    keys = fields.List(fields.Raw(allow_none=True))
    labels = fields.List(fields.String())


class RowShape(HeadShape):
    """A row: `cells` one per column, `all` over all of them; one value per head of `values`."""

    all = fields.List(fields.Raw(allow_none=True))
    cells = fields.List(fields.List(fields.Raw(allow_none=True)))


class AnswerShape(Schema):
    """Numbers by rows and columns; of a list instead `object`, `fields`, `records`, `next` and `count`."""

    rows_by = fields.List(fields.Dict())
    columns_by = fields.List(fields.Dict())
    values = fields.List(fields.Dict())
    columns = fields.List(fields.Nested(HeadShape))
    rows = fields.List(fields.Nested(RowShape))
    total = fields.Nested(RowShape, allow_none=True)
    capped = fields.Boolean()
    notices = fields.List(fields.String())
    period = fields.List(fields.String(), allow_none=True)
    before = fields.List(fields.String(), allow_none=True)
    object = fields.String()
    fields_ = fields.List(fields.String(), data_key="fields")
    records = fields.List(fields.Dict())
    next = fields.String(allow_none=True)
    count = fields.Integer(allow_none=True)


class RecordsShape(Schema):
    """The records behind a number: those of `object` that fit `filter`; `value` is worked out of exactly these."""

    object = fields.String()
    filter = fields.String()
    labels = fields.List(fields.String())
    count = fields.Integer()
    value = fields.Raw(allow_none=True)
    records = fields.List(fields.Dict())
    next = fields.String(allow_none=True)
