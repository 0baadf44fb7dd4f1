"""All checks by name, and the one function that runs them in one snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from psycopg import errors

from dougong_metadata.label import Label
from dougong_platform.files.store import FileStore
from dougong_platform.integrity.bytes_on_disk import files
from dougong_platform.integrity.finding import Finding, finding
from dougong_platform.integrity.kept import own_documents
from dougong_platform.integrity.past import history
from dougong_platform.integrity.people import members
from dougong_platform.integrity.physical import tables
from dougong_platform.integrity.rolled import rollups
from dougong_platform.integrity.rows import links, numbers, picklists, unique_keys
from dougong_platform.integrity.search_entries import search
from dougong_platform.integrity.shared import shares
from dougong_platform.integrity.snapshot import Snapshot, taken
from dougong_platform.integrity.staying import stays
from dougong_platform.integrity.work_left import outbox
from dougong_tenants import Database, Tenant

# name -> (what holds if nothing is found, the check)
CHECKS: dict[str, tuple[Label, Callable[[Snapshot], Iterator[Finding]]]] = {
    "tables": (
        Label("Tables, columns, indexes and constraints are those of the release", "表、列、索引和约束与版本一致"),
        tables,
    ),
    "links": (
        Label("Links lead to records, details have their parents", "关联均指向存在的记录，明细均有主记录"),
        links,
    ),
    "unique_keys": (Label("What has to be unique is", "唯一值没有重复"), unique_keys),
    "picklists": (Label("Chosen values are values of their picklist", "选项值均在选项列表中"), picklists),
    "numbers": (Label("Sequences are ahead of the numbers given out", "编号序列领先于已用编号"), numbers),
    "search": (Label("Search entries say what their records say", "搜索条目与记录一致"), search),
    "history": (Label("History leads to the present", "历史与当前值一致"), history),
    "rollups": (Label("Roll-ups are what their records come to", "汇总字段与明细一致"), rollups),
    "stays": (Label("Records stay at the stage at which they are", "停留记录与所处阶段一致"), stays),
    "shares": (Label("Shares are of records, with somebody", "共享均有对应的记录和对象"), shares),
    "own_documents": (
        Label("Reports and dashboards that people keep can be opened", "自建报表和仪表盘均可打开"),
        own_documents,
    ),
    "files": (Label("Files have their bytes, and bytes their files", "文件与磁盘内容一致"), files),
    "outbox": (Label("Nothing waits that should be done", "没有积压的后台工作"), outbox),
    "people": (Label("Who may sign in is a user here", "可登录者均为本租户的用户"), members),
}


def check(database: Database, tenant: Tenant, home: Path) -> Iterator[tuple[str, list[Finding]]]:
    """(name of a check, what it found) for each of CHECKS in turn, all of one moment."""
    with taken(database, tenant, FileStore(home)) as snapshot:
        for name, (_, run) in CHECKS.items():
            yield name, _run(snapshot, run)


def _run(snapshot: Snapshot, run: Callable[[Snapshot], Iterator[Finding]]) -> list[Finding]:
    """A check that meets a missing table or column finds that, and the others go on."""
    try:
        with snapshot.connection.transaction():
            return list(run(snapshot))
    except (errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction) as missing:
        reason = str(missing.diag.message_primary)
        return [finding("schema", "This could not be looked at.", "无法检查。", 1, reason)]
