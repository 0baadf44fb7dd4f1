"""The errors of the ui_builder package.

Fault (dougong_metadata.errors)
└── InterfaceError       500
    └── AssetsMissing    500  stylesheet and JavaScript were never built on this machine
"""

from __future__ import annotations

from dougong_metadata.errors import Fault


class InterfaceError(Fault):
    code = "interface_error"


class AssetsMissing(InterfaceError):
    """`path` is the folder that should hold manifest.json."""

    code = "assets_missing"
    text = {
        "en": "The screens' assets are not built ({path}). Run `make setup`, or `npm run build` in ui_builder.",
        "zh": "界面资源尚未构建（{path}）。请运行一次 `make setup`，或在 ui_builder 下运行 `npm run build`。",
    }
