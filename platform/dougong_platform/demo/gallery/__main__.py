"""`python -m dougong_platform.demo.gallery FOLDER PAGE [PACK]`: a picture of every report and dashboard of the pack in
FOLDER, and the page that shows them. Starts servers of its own for the demo company."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from dougong_metadata.packs import load_pack
from dougong_platform.demo.gallery.boards import board, slim
from dougong_platform.demo.gallery.page import page
from dougong_platform.demo.gallery.readers import Readers
from dougong_platform.demo.load import read_plan
from dougong_platform.demo.make import make_demo
from dougong_platform.reports.charts import pictures
from dougong_platform.servers.embedded import Servers
from dougong_platform.servers.home import Home
from dougong_platform.settings import Settings
from dougong_tenants import Database, tenancy

TENANT = "gallery"


def main(folder: Path, about: Path, pack: str = "sales") -> None:
    """Writes the pictures and the page."""
    with tempfile.TemporaryDirectory(prefix="dougong-gallery-") as home:
        servers = Servers(Home.open(Path(home)), Settings(home=Path(home)), durable=False)
        try:
            database = Database(servers.start().database_url, 4, secret="gallery")  # noqa: S106 - gone with the folder
            database.install()
            plan = read_plan(load_pack(pack).folder)
            make_demo(database, pack, TENANT, plan)
            write(Readers(database, tenancy.get(database, TENANT), plan["organisation"]["people"]), folder, about)
            database.close()
        finally:
            servers.stop()


def write(readers: Readers, folder: Path, about: Path) -> None:
    """The pictures of whatever is drawn; of the others the page has the first rows."""
    shown, model = list(readers.shown()), readers.callers[0].model
    charts = [(one.report.name, one.chart) for one in shown if one.chart is not None]
    texts = pictures.svg([chart for _, chart in charts])
    drawn = {name: slim(text) for (name, _), text in zip(charts, texts, strict=True) if text is not None}
    if len(drawn) < len(charts):
        raise SystemExit("Not every chart could be drawn: are Node and the built assets there?")
    boards = {f"board-{one.name}": board(readers.of(one.for_sets), one) for one in model.dashboards.values()}
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    for name, text in {**drawn, **boards}.items():
        (folder / f"{name}.svg").write_text(text, "utf-8")
    where = Path(os.path.relpath(folder, about.parent)).as_posix()
    about.write_text(page(model, shown, {*drawn}, where), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:4])
