"""Automations as documents: what they compile to, and what is refused with its place."""

from __future__ import annotations

import pytest

from dougong_metadata.actions import registered
from dougong_metadata.actions.base import Action
from dougong_metadata.documents import read_documents
from dougong_metadata.kinds.json_schema import kind_schema
from dougong_metadata.kinds.registry import kind_named
from dougong_metadata.model.compile import compile_model, problems_of
from dougong_metadata.model.flow_types import AutomationModel, Recipient
from dougong_metadata.model.types import Use
from dougong_metadata.registering import Registry

OBJECTS = """
kind: object
name: shelf
name_field: name
fields:
  name: {type: text, required: true}
  keeper: {type: user}
---
kind: object
name: book
name_field: title
record_types: {novel: {default: true}, manual: {}}
fields:
  title: {type: text, required: true}
  isbn: {type: text, unique: true}
  stage: {type: picklist, values: [draft, printed]}
  price: {type: currency}
  due: {type: date}
  shelf: {type: lookup, to: shelf}
  mail: {type: email}
  number: {type: auto_number, format: "B-{0000}"}
  kept: {type: text, read_only: true}
  days: {type: formula, returns: decimal, formula: TODAY() - due}
  pages: {type: rollup, of: page.book, count: true}
---
kind: object
name: page
name_field: text
fields:
  book: {type: detail, to: book}
  text: {type: text, required: true}
  position: {type: integer, required: true, default: 1}
---
kind: object
name: review
name_field: text
fields:
  text: {type: text}
  book: {type: lookup, to: book, relation: reviews}
  second: {type: lookup, to: book}
"""


def automation(text: str) -> AutomationModel:
    model = compile_model(read_documents(f"{OBJECTS}\n---\nkind: automation\nname: it\n{text}"))
    return model.automations["it"]


def problems(text: str) -> list[tuple[str, str]]:
    found = problems_of(read_documents(f"{OBJECTS}\n---\nkind: automation\nname: it\n{text}", "all.yaml"))
    assert all(one.line for one in found)
    assert all(one.zh and one.zh != one.en for one in found)
    return [(one.path, one.en) for one in found]


def test_set_actions_alone_on_a_save_run_before_it() -> None:
    made = automation("object: book\non: saved\ndo: [{set: {price: price * 2, kept: title}}]\n")
    assert made.before
    assert dict(made.actions[0].values).keys() == {"price", "kept"}
    assert made.actions[0].values["price"].type.name == "money"
    assert not automation("object: book\non: saved\ndo: [{update: {set: {price: 1}}}]\n").before


def test_triggers_are_read_in_all_their_forms() -> None:
    def trigger(on: str, object: str = "object: book\n") -> object:
        return automation(f"{object}on: {on}\ndo: [{{create: {{object: shelf, values: {{name: '\"S\"'}}}}}}]\n").trigger

    assert trigger("deleted").kind == "deleted"  # type: ignore[attr-defined]
    assert trigger("{updated: [stage, price]}").fields == ("stage", "price")  # type: ignore[attr-defined]
    dated = trigger("{date: due, days: -30, time: '18:30'}")
    assert (dated.kind, dated.field, dated.days, dated.time) == ("date", "due", -30, "18:30")  # type: ignore[attr-defined]
    assert trigger("{cron: '0 9 * * 1'}", "").cron == "0 9 * * 1"  # type: ignore[attr-defined]
    called = trigger("{incoming: true, signed: true, key: isbn, map: {isbn: book.isbn, title: book.names.0}}")
    assert (called.mapping, called.key, called.signed) == (  # type: ignore[attr-defined]
        (("isbn", "book.isbn"), ("title", "book.names.0")),
        "isbn",
        True,
    )


def test_actions_compile_with_their_targets_and_recipients() -> None:
    made = automation(
        """object: book
on: {updated: [stage]}
if: prior(stage) = "draft"
do:
  - update: {relation: shelf, set: {name: title}}
  - update: {relation: page, where: position > 3, set: {position: 3}}
  - update: {relation: reviews, set: {text: '"x"'}}
  - create: {object: page, values: {book: id, text: title}}
  - assign: shelf.keeper
  - notify:
      to: [owner, {field: shelf.keeper}, {permission_set: administrator}, {department_head: owner}, {role: reader}]
      title: {en: "{{ title }} on {{ shelf }}", zh: "{{ title }}"}
  - email: {to: [{email: mail}, {email: a@b.test}], subject: "{{ price | money }} {{ \\"}}\\" & title }}"}
"""
    )
    one, several, named, create, assign, notify, email = made.actions
    assert (one.target, several.target, named.target, create.target) == ("shelf", "page", "review", "page")
    assert several.where is not None
    assert several.where.object == "page"
    assert create.values["book"].text == "id"
    assert assign.values["owner"].text == "shelf.keeper"
    assert notify.recipients[:3] == (
        Recipient("field", "owner"),
        Recipient("field", "shelf.keeper"),
        Recipient("permission_set", "administrator"),
    )
    pieces = notify.texts["title"].en
    assert [piece.text or (piece.value and piece.value.text) for piece in pieces] == ["title", " on ", "shelf.name"]
    assert [(p.format, p.value and p.value.text) for p in email.texts["subject"].zh] == [
        ("money", "price"),
        (None, None),
        (None, '"}}" & title'),
    ]


def test_automations_stand_with_their_object_in_order_and_only_while_active() -> None:
    text = "".join(
        f"---\nkind: automation\nname: {name}\nobject: book\nactive: {active}\nposition: {position}\n"
        "on: saved\ndo: [{set: {price: 1}}]\n"
        for name, position, active in (("b", 2, "true"), ("a", 2, "true"), ("z", 1, "true"), ("off", 0, "false"))
    )
    model = compile_model(read_documents(f"{OBJECTS}\n{text}"))
    assert [one.name for one in model.objects["book"].automations] == ["z", "a", "b"]
    assert "off" not in model.automations


def test_what_an_automation_touches_is_a_use() -> None:
    text = (
        "---\nkind: automation\nname: it\nobject: book\non: {date: due}\nif: price > 1\n"
        "do: [{update: {relation: shelf, set: {name: title}}}]\n"
    )
    uses = compile_model(read_documents(f"{OBJECTS}\n{text}")).uses
    assert Use("automation", "it", "on.date") in uses["book.due"]
    assert Use("automation", "it", "if") in uses["book.price"]
    assert Use("automation", "it", "do[0].update.set.name") in uses["shelf.name"]
    assert Use("automation", "it", "do[0].update.relation") in uses["book.shelf"]


@pytest.mark.parametrize(
    ("text", "path", "sentence"),
    [
        ("object: book\non: savd\ndo: [{set: {price: 1}}]\n", "on", "“savd” is not an event; did you mean “saved”?"),
        ("object: book\non: {updated: [pricee]}\ndo: [{set: {price: 1}}]\n", "on.updated[0]", "did you mean “price”?"),
        ("object: book\non: {cron: x, date: due}\ndo: [{assign: owner}]\n", "on", "one trigger"),
        ("object: book\non: {cron: '0 9 * * 1', days: 3}\ndo: [{assign: owner}]\n", "on.days", "goes with “date”"),
        ("object: book\non: {date: title}\ndo: [{assign: owner}]\n", "on.date", "not a date that is stored"),
        ("object: book\non: {date: due, days: 9999}\ndo: [{assign: owner}]\n", "on.days", "between -3650 and 3650"),
        ("object: book\non: {date: due, time: '25:00'}\ndo: [{assign: owner}]\n", "on.time", "right form"),
        ("on: {cron: '61 * * * *'}\ndo: [{notify: {to: [{team: T}], title: x}}]\n", "on.cron", "minute is wrong"),
        ("on: {cron: '0 0 * * * *'}\ndo: [{notify: {to: [{team: T}], title: x}}]\n", "on.cron", "five columns"),
        ("on: saved\ndo: [{notify: {to: [{team: T}], title: x}}]\n", "object", "“object” is needed"),
        ("object: book\non: saved\ndo: [{sett: {price: 1}}]\n", "do[0].sett", "did you mean “set”?"),
        ("object: book\non: saved\ndo: [{set: {price: 1}, assign: owner}]\n", "do[0]", "one action with its body"),
        ("object: book\non: saved\ndo: []\n", "do", "Name an action."),
        (
            "object: book\non: saved\ndo: [{set: {price: 1}}, {assign: owner}]\n",
            "do[0].set",
            "“set” is part of the save, assign comes after it: make two automations of this one.",
        ),
        ("object: book\non: deleted\ndo: [{set: {price: 1}}]\n", "do[0].set", "use “update: {set: …}”"),
        ("object: book\non: deleted\ndo: [{update: {set: {price: 1}}}]\n", "do[0].update", "deleted by then"),
        ("object: book\non: saved\ndo: [{set: {prise: 1}}]\n", "do[0].set.prise", "did you mean “price”?"),
        ("object: book\non: saved\ndo: [{set: {number: title}}]\n", "do[0].set.number", "kept by the system"),
        ("object: book\non: saved\ndo: [{set: {days: 1}}]\n", "do[0].set.days", "kept by the system"),
        ("object: book\non: saved\ndo: [{set: {pages: 1}}]\n", "do[0].set.pages", "kept by the system"),
        ("object: book\non: saved\ndo: [{set: {created_at: NOW()}}]\n", "do[0].set.created_at", "kept by the system"),
        ("object: book\non: saved\ndo: [{set: {price: title}}]\n", "do[0].set.price", "an amount of money is expected"),
        ("object: book\non: saved\ndo: [{set: {stage: draft}}]\n", "do[0].set.stage", "needs its quotes"),
        ("object: book\non: saved\nif: prise > 1\ndo: [{set: {price: 1}}]\n", "if", "did you mean `price`?"),
        ("object: book\non: {date: due}\nif: changed(due)\ndo: [{assign: owner}]\n", "if", "there is no save here"),
        (
            "object: book\non: saved\ndo: [{update: {relation: shelff, set: {name: title}}}]\n",
            "do[0].update.relation",
            "did you mean “shelf”?",
        ),
        (
            "object: book\non: saved\ndo: [{update: {relation: review, set: {text: title}}}]\n",
            "do[0].update.relation",
            "did you mean “reviews”?",
        ),
        (
            "object: book\non: saved\ndo: [{update: {relation: owner, set: {name: title}}}]\n",
            "do[0].update.relation",
            "administration of people",
        ),
        (
            "object: book\non: saved\ndo: [{update: {relation: shelf, where: 'true', set: {name: title}}}]\n",
            "do[0].update.where",
            "leads to one",
        ),
        (
            "object: book\non: saved\ndo: [{create: {object: page, values: {book: id}}}]\n",
            "do[0].create.values",
            "“text” is needed.",
        ),
        ("object: book\non: saved\ndo: [{assign: shelf}]\n", "do[0].assign.to", "a record of `user` is expected"),
        (
            "object: book\non: saved\ndo: [{notify: {to: [shelf], title: x}}]\n",
            "do[0].notify.to[0].field",
            "user is needed",
        ),
        (
            "object: book\non: saved\ndo: [{notify: {to: [{permission_set: administratr}], title: x}}]\n",
            "do[0].notify.to[0].permission_set",
            "did you mean “administrator”?",
        ),
        (
            "object: book\non: saved\ndo: [{notify: {to: [{team: T, user: x}], title: x}}]\n",
            "do[0].notify.to[0]",
            "Each recipient is one of",
        ),
        (
            "object: book\non: saved\ndo: [{notify: {to: [{email: a@b.c}], title: x}}]\n",
            "do[0].notify.to[0].email",
            "Only e-mails go to addresses.",
        ),
        (
            "object: book\non: saved\ndo: [{notify: {to: [owner]}}]\n",
            "do[0].notify",
            "“title” or a “template” is needed",
        ),
        (
            "object: book\non: saved\ndo: [{notify: {to: [owner], title: '{{ titel }}'}}]\n",
            "do[0].notify.title",
            "did you mean `title`? (at character 4)",
        ),
        (
            "object: book\non: saved\ndo: [{notify: {to: [owner], title: {en: a, zh: 'x {{ title'}}}]\n",
            "do[0].notify.title.zh",
            "never closed by “}}”. (at character 3)",
        ),
        (
            "object: book\non: saved\ndo: [{notify: {to: [owner], title: '{{ price | gold }}'}}]\n",
            "do[0].notify.title",
            "“gold” is not a way to write a value",
        ),
        (
            "object: book\non: saved\ndo: [{notify: {to: [owner], template: no}}]\n",
            "do[0].notify.template",
            "“no” is not a template",
        ),
        ("object: book\non: saved\ndo: [{webhook: no}]\n", "do[0].webhook.webhook", "“no” is not a webhook"),
        ("on: {cron: '0 9 * * *'}\ndo: [{assign: owner}]\n", "do[0].assign", "needs a record"),
        (
            "on: {cron: '0 9 * * *'}\ndo: [{create: {object: shelf, values: {name: title}}}]\n",
            "do[0].create.values.name",
            "There is no record here",
        ),
        (
            "on: {cron: '0 9 * * *'}\ndo: [{notify: {to: [owner], title: x}}]\n",
            "do[0].notify.to[0].field",
            "There is no record here",
        ),
        ("object: user\non: saved\ndo: [{notify: {to: [id], title: x}}]\n", "object", "only cron triggers"),
        ("object: book\non: {incoming: true, key: price, map: {price: a}}\ndo: []\n", "on.key", "unique field"),
        ("object: book\non: {incoming: true}\ndo: [{assign: owner}]\n", "on.map", "“map” is needed"),
        ("object: book\non: {incoming: true, map: {kept: a}}\ndo: []\n", "on.map.kept", "kept by the system"),
        (
            "object: book\nrecord_types: [novl]\non: saved\ndo: [{set: {price: 1}}]\n",
            "record_types[0]",
            "did you mean “novel”?",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, path: str, sentence: str) -> None:
    found = problems(text)
    assert [p for p, _ in found] == [path], found
    assert sentence in found[0][1]


def test_actions_are_open_and_taken_once() -> None:
    assert {"set", "update", "create", "assign", "notify", "email", "webhook"} <= registered().keys()
    registry: Registry[Action] = Registry("action")
    registry.add(registered()["set"])
    with pytest.raises(ValueError, match="there twice"):
        registry.add(registered()["set"])


@pytest.mark.parametrize("name", sorted(registered()))
def test_every_action_says_what_it_is_and_has_its_schema(name: str) -> None:
    action = registered()[name]
    assert isinstance(action, Action)
    for said in (action.label, action.help):
        assert said["en"]
        assert any("一" <= character <= "鿿" for character in said["zh"])
    steps = kind_schema(kind_named("automation"))["properties"]["do"]["items"]["oneOf"]
    (mine,) = [step for step in steps if step["x-dougong"]["action"] == name]
    assert mine["required"] == [name]
    assert mine["x-dougong"]["label"] == dict(action.label)


def test_actions_of_stages_become_automations_of_their_own() -> None:
    pipeline = """
kind: pipeline
name: making
object: book
field: stage
stages:
  draft: {on_exit: [{notify: {to: [owner], title: "{{ title }} leaves"}}]}
  printed: {outcome: won, on_enter: [{set: {price: 5}}, {assign: shelf.keeper}]}
"""
    model = compile_model(read_documents(f"{OBJECTS}\n---{pipeline}"))
    made = {one.name: one for one in model.objects["book"].automations}
    assert made.keys() == {"making-draft-exit", "making-printed-enter", "making-printed-enter-set"}
    assert made["making-printed-enter-set"].before
    assert [a.kind for a in made["making-printed-enter"].actions] == ["assign"]
    assert made["making-draft-exit"].origin == "pipeline/making"
    assert made["making-draft-exit"].trigger.kind == "updated"
    wrong = pipeline.replace("price: 5", "prise: 5")
    (problem,) = problems_of(read_documents(f"{OBJECTS}\n---{wrong}"))
    assert problem.path == "stages.printed.on_enter[0].set.prise"
