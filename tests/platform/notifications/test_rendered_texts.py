"""Texts with expressions, written once for the company and read by each receiver under his own rights."""

from __future__ import annotations

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import Checked, Scope, check
from dougong_metadata.model.compile_text import compile_text
from dougong_metadata.model.flow_types import TemplateText
from dougong_platform.notifications import notify
from dougong_platform.notifications.inbox import entries
from dougong_platform.notifications.texts import BLANK
from dougong_platform.texts import render
from sharing import Sharing


def compiled(sharing: Sharing, text: str) -> TemplateText:
    model = sharing.reading.admin.model

    def checked(locale: str, expression: str, whole: str, start: int) -> Checked:
        return check(expression, Scope.of(model, "book", "value", saving=True))

    def refuse(locale: str, fault: ExpressionError, whole: str) -> None:
        raise fault

    return compile_text({"en": text, "zh": text}, checked, refuse, lambda name: model.objects[name].name_field)


def test_what_a_receiver_may_not_read_is_blank_for_him_and_written_for_others(sharing: Sharing) -> None:
    book = sharing.make(title="Red Chamber", owner="dan")
    sharing.make("review", book=book, label="Long")
    text = compiled(sharing, "{{ title }} of {{ owner }}: {{ COUNT(review) }} reviews")
    admin = sharing.reading.admin
    with sharing.reading.database.transaction(sharing.reading.tenant) as tx:
        [title] = render(admin, text, "book", [book], tx)
        users = [sharing["ann"], sharing["dan"]]
        notify(tx, tenant=admin.tenant, users=users, title=title, object="book", record=book)
    assert entries(sharing.caller("ann")).entries[0].title == "Red Chamber of Dan: 1 reviews"
    assert entries(sharing.caller("dan")).entries[0].title == f"Red Chamber of Dan: {BLANK} reviews"


def test_what_stands_in_another_record_is_told_to_whoever_sees_that_record(sharing: Sharing) -> None:
    model = sharing.reading.admin.model
    expression = check("book.title", Scope.of(model, "loan", "value", saving=True))
    text = compile_text(
        {"en": "Back: {{ book.title }}", "zh": "归还：{{ book.title }}"},
        lambda locale, found, whole, start: expression,
        lambda locale, fault, whole: None,  # type: ignore[arg-type,return-value]  # nothing is refused here
        lambda name: model.objects[name].name_field,
    )
    admin = sharing.reading.admin
    for owner, told in (("bob", "Back: My own"), ("cat", f"Back: {BLANK}")):
        book = sharing.make(title="My own", owner=owner)
        loan = sharing.make("loan", owner="bob", book=book, label="Loan")
        with sharing.reading.database.transaction(sharing.reading.tenant) as tx:
            [title] = render(admin, text, "loan", [loan], tx)
            notify(tx, tenant=admin.tenant, users=[sharing["bob"]], title=title, object="loan", record=loan)
        assert entries(sharing.caller("bob")).entries[0].title == told
