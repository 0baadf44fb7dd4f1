"""Runs the islands' own tests, so that `make test` is the whole suite; they lie beside each island."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

import house

sys.path.insert(0, str(house.ROOT / "ui_builder"))
import build_assets  # it lies outside the packages


@pytest.mark.slow
def test_the_islands_pass_their_own_tests() -> None:
    node = build_assets.find_node()
    assert node is not None
    path = f"{node}{os.pathsep}{os.environ['PATH']}"
    npm = shutil.which("npm", path=path)
    assert npm is not None
    done = subprocess.run(
        [npm, "test", "--silent"],
        cwd=house.ROOT / "ui_builder",
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_island_that_decides_something_has_a_test_beside_it() -> None:
    folder = house.ROOT / "ui_builder" / "islands"
    drawn_only = {
        *("dg-address", "dg-colour", "dg-geolocation", "dg-loading-bar"),
        *("dg-signature", "dg-select", "dg-files"),
    }
    islands = {path.stem for path in folder.glob("dg-*.ts") if not path.name.endswith(".test.ts")}
    tested = {path.name.removesuffix(".test.ts") for path in folder.glob("*.test.ts")}
    assert islands - tested - drawn_only == set()
