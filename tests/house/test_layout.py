"""The shape of the repository: source roots, files without `__init__.py`, sizes, and the one way to the database."""

from __future__ import annotations

import ast
import platform
import re
import sysconfig
from pathlib import Path

import house


def test_pythons_own_platform_module_is_not_shadowed() -> None:
    assert not (house.ROOT / "platform" / "__init__.py").exists(), "it would shadow Python's own platform module"
    assert platform.__file__ is not None
    assert Path(platform.__file__).parent == Path(sysconfig.get_path("stdlib"))


def test_each_source_root_holds_one_package_named_after_it() -> None:
    for package in house.PACKAGES:
        root = package.parent
        assert (package / "__init__.py").exists()
        assert (package / "py.typed").exists()
        assert package.name == f"dougong_{root.name}"
        assert not (root / "__init__.py").exists()
        assert [path.parent.name for path in root.glob("*/__init__.py")] == [package.name]


def test_the_tests_hold_no_init_file() -> None:
    assert not list((house.ROOT / "tests").rglob("__init__.py")), "pytest runs with --import-mode=importlib"


def test_every_folder_of_a_package_is_a_package() -> None:
    missing = {house.shown(path.parent) for path in house.sources(".py") if not (path.parent / "__init__.py").exists()}
    assert not missing, "folders without __init__.py"


def test_names_say_what_they_hold() -> None:
    bad = re.compile(r"(^|_)(utils?|helpers?|managers?|services?|misc)($|_)")
    assert not [house.shown(path) for path in house.sources(".py") if bad.search(path.stem)]


def test_files_stay_readable() -> None:
    files = house.sources(".py", ".ts", browser=True)
    lengths = {house.shown(path): len(path.read_text().splitlines()) for path in files}
    assert not {name: length for name, length in lengths.items() if length > 500}, "over 500 lines: split by noun"
    ordered = sorted(lengths.values())
    assert ordered[int(len(ordered) * 0.95) - 1] <= 300, "the 95th percentile of file lengths"


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        house.shown(path)
        for path in house.sources(".py")
        if (tree := ast.parse(path.read_text())).body and not ast.get_docstring(tree)
    ]
    assert not silent, "modules without a docstring"


def test_only_the_tenants_package_opens_connections() -> None:
    """Its one helper sets the role and search path that keep tenants apart; a connection past it has no wall.

    The embedded server's own code connects before any tenant exists, to see whether PostgreSQL answers and to make the
    database. That is the one exception.
    """
    opening = re.compile(
        r"psycopg\.connect|Connection\.connect|ConnectionPool|create_engine|asyncpg|psycopg2|set\s+(local\s+)?role\b",
        re.IGNORECASE,
    )
    allowed = {
        "platform/dougong_platform/servers/postgres.py",  # health by connecting, `create database`
        "platform/dougong_platform/servers/embedded.py",  # health of a server given by URL
    }
    hits = []
    for path in house.sources(".py"):
        if path.is_relative_to(house.ROOT / "tenants") or house.shown(path) in allowed:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if opening.search(line) and not line.lstrip().startswith("#"):
                hits.append(f"{house.shown(path)}:{number}: {line.strip()}")
    assert not hits, "use dougong_tenants.Database, which sets the tenant's role:\n" + "\n".join(hits)


def test_every_exception_to_a_check_has_its_reason() -> None:
    """`# noqa: X` and `# type: ignore[x]` stand before a reason on their line."""
    pattern = re.compile(r"#\s*(?:noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?|type:\s*ignore(?:\[[\w,\s-]+\])?)")
    bare = []
    for path in house.sources(".py"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if match := pattern.search(line):
                rest = pattern.sub("", line[match.start() :]).strip(" #-—:")
                if len(rest) < 8:
                    bare.append(f"{house.shown(path)}:{number}: {line.strip()}")
    assert not bare, "exceptions without a reason:\n" + "\n".join(bare)
