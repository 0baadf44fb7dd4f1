"""The browser that tests drive: found, or installed from Debian's packages. `make browser` runs this file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PACKAGES = ("chromium", "fonts-noto-cjk")
ADVICE = (
    "Browser tests need Chromium and a Chinese font. On Debian or Ubuntu run, as root: "
    f"apt-get update && apt-get install -y {' '.join(PACKAGES)}"
)


def find() -> str | None:
    """The path of a Chromium on this machine; DOUGONG_CHROMIUM overrides it."""
    if given := os.environ.get("DOUGONG_CHROMIUM"):
        return given
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def has_chinese_font() -> bool:
    """Whether fontconfig knows a font with Chinese characters."""
    if shutil.which("fc-list") is None:
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False).stdout.strip())


def install() -> None:
    """Install what is missing with apt-get; only for root on a machine that has it."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wanted = (*PACKAGES, "fontconfig")
    for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *wanted]):
        subprocess.run(["apt-get", *command], env=environment, stdin=subprocess.DEVNULL, check=True)


def main() -> int:
    """0 if the browser is there in the end, or if this is nobody's build machine and the advice was printed."""
    if find() and has_chinese_font():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        try:
            install()
        except subprocess.CalledProcessError as problem:
            print(f"apt-get failed with status {problem.returncode}.", file=sys.stderr)
    if find() and has_chinese_font():
        return 0
    print(ADVICE, file=sys.stderr)
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
