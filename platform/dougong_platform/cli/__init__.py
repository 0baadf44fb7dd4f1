"""The command line, `dougong`. Commands are named in `registry.py` and imported only when they run."""

from dougong_platform.cli.group import main

__all__ = ["main"]
