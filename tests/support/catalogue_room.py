"""A tenant for record pages and forms: shelves, books with a stage path, conditional parts and child pages.

`make_room(url)` makes it; `app_over(room, home)` an application; ann administers, bob reads and writes his own.
"""

from __future__ import annotations

from pathlib import Path

from flask.testing import FlaskClient

from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.settings import Settings
from reading import PASSWORD, Reading, make_reading

DOCUMENTS = """
kind: object
name: shelf
label: {en: Shelf, zh: 书架}
plural: {en: Shelves, zh: 书架}
name_field: name
fields:
  name: {type: text, label: {en: Name, zh: 名称}, required: true, searchable: true, max_length: 200}
  room: {type: text, label: {en: Room, zh: 房间}}
---
kind: object
name: book
label: {en: Book, zh: 书}
plural: {en: Books, zh: 书籍}
name_field: title
record_types:
  novel: {label: {en: Novel, zh: 小说}, default: true}
  manual: {label: {en: Manual, zh: 手册}}
fields:
  title: {type: text, label: {en: Title, zh: 书名}, required: true, max_length: 40, searchable: true}
  shelf: {type: lookup, to: shelf, label: {en: Shelf, zh: 书架}}
  stage:
    type: picklist
    label: {en: Stage, zh: 阶段}
    default: '"ordered"'
    values:
      - {value: ordered, label: {en: Ordered, zh: 已订}}
      - {value: bound, label: {en: Bound, zh: 装订}, colour: info}
      - {value: shelved, label: {en: Shelved, zh: 上架}, colour: good}
      - {value: lost, label: {en: Lost, zh: 遗失}, colour: bad}
  why:
    type: text
    label: {en: Why lost, zh: 遗失原因}
    visible_when: stage = "lost"
    required_when: stage = "lost"
  currency: {type: picklist, label: {en: Currency, zh: 币种}, default: '"CNY"', values: [CNY, EUR]}
  price: {type: currency, label: {en: Price, zh: 价格}, scale: 2, min: 0, currency_field: currency}
  rate: {type: decimal, label: {en: Rate, zh: 汇率}, scale: 4}
  kind: {type: picklist, label: {en: Kind, zh: 种类}, values: [fiction, fact]}
  genre:
    type: picklist
    label: {en: Genre, zh: 类型}
    controlled_by: kind
    values: [{value: crime, parents: [fiction]}, {value: travel, parents: [fact]}, {value: other}]
  tags: {type: multi_picklist, label: {en: Tags, zh: 标签}, values: [rare, signed, old]}
  pages: {type: integer, label: {en: Number of pages, zh: 页数}, min: 1}
  discount: {type: percent, label: {en: Discount, zh: 折扣}}
  due: {type: date, label: {en: Due, zh: 到期}, default: TODAY() + 30}
  read_at: {type: datetime, label: {en: Read at, zh: 阅读时间}}
  in_print: {type: boolean, label: {en: In print, zh: 在版}}
  summary: {type: long_text, label: {en: Summary, zh: 摘要}}
  mail: {type: email, label: {en: E-mail, zh: 邮箱}}
  phone: {type: phone, label: {en: Phone, zh: 电话}}
  site: {type: url, label: {en: Site, zh: 网址}}
  score: {type: rating, label: {en: Score, zh: 评分}}
  cover: {type: image, label: {en: Cover, zh: 封面}}
  isbn: {type: text, label: {en: ISBN, zh: 书号}, unique: true}
  number: {type: auto_number, label: {en: No., zh: 编号}, format: "B-{0000}"}
---
kind: object
name: page
label: {en: Page, zh: 页}
plural: {en: Pages, zh: 页}
name_field: heading
fields:
  book: {type: detail, to: book, label: {en: Book, zh: 书}}
  heading: {type: text, label: {en: Heading, zh: 标题}, required: true}
  words: {type: integer, label: {en: Words, zh: 字数}, min: 1}
---
kind: layout
name: book_standard
object: book
label: {en: Standard, zh: 标准}
highlights: [shelf, price]
path: stage
quick: [title, shelf]
sections:
  - name: basic
    label: {en: Key facts, zh: 关键信息}
    fields: [title, shelf, stage, why, price, currency, pages, discount, due, read_at, in_print, owner, isbn]
  - {name: abroad, label: {en: Abroad, zh: 境外}, visible_when: 'currency != "CNY"', fields: [rate]}
  - name: more
    label: {en: More, zh: 更多}
    fields: [kind, genre, tags, mail, phone, site, score, number, summary, cover]
related:
  - {object: page, field: book, columns: [heading, words]}
---
kind: validation
name: dear_books
object: book
must: price < 1000000
when: NOT(ISBLANK(price))
field: price
message: {en: Nobody buys so dear a book., zh: 没有人买这么贵的书。}
---
kind: permission_set
name: reader
label: Reader
objects:
  book: {create: true, read: own, update: own, delete: own, export: true}
  shelf: {create: true, read: all, update: all}
  page: {create: true, read: all, update: all, delete: all}
fields: {book.isbn: read, book.summary: none}
"""


def make_room(url: str) -> Reading:
    """The tenant, in an empty database."""
    return make_reading(url, DOCUMENTS, "room")


def app_over(room: Reading, home: Path) -> Engine:
    """The application, without rate limits."""
    settings = Settings(home=home, database_url=room.database.dsn, secret="test", rate_limit=0)
    return create_app(settings, room.database)


def signed_in(app: Engine, who: str = "ann", locale: str = "en") -> FlaskClient:
    """A browser's client after the sign-in; `csrf(client)` is its token."""
    client = app.test_client()
    client.post("/sign-in", data={"email": f"{who}@library.test", "password": PASSWORD})
    client.set_cookie("dg_locale", locale)
    return client


def csrf(client: FlaskClient) -> str:
    """The token that this client's forms carry."""
    page = client.get("/more").text
    return page.split('name="dg-csrf" content="')[1].split('"')[0]
