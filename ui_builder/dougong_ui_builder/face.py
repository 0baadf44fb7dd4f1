"""Hangs the screens and the builder onto the engine: the entry point `dougong.faces`, called once by create_app."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from flask import Blueprint, Flask, request
from jinja2 import PackageLoader
from werkzeug.local import LocalProxy

from dougong_platform.http.csrf import csrf_token
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_ui_builder import assets, components, formats
from dougong_ui_builder import builder as builder_pages
from dougong_ui_builder import screens as screen_pages
from dougong_ui_builder.fault_pages import page_for_fault
from dougong_ui_builder.languages import MergedBabel, current_locale, island_strings
from dougong_ui_builder.shell import current_shell, preferences
from dougong_ui_builder.toasts import waiting


def register(app: Flask) -> None:
    """Add templates, filters, languages and every blueprint of screens/ and builder/ to the app."""
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    app.jinja_loader = PackageLoader("dougong_ui_builder")
    environment.loader = app.create_global_jinja_loader()
    MergedBabel(app)
    environment.filters.update(formats.FILTERS)
    environment.globals.update(
        asset_url=assets.asset_url,
        asset_manifest=assets.manifest,
        island_strings=island_strings,
        csrf_token=page_csrf_token,
        waiting_toast=waiting,
        preferences=preferences,
        current_locale=current_locale,
        shell=LocalProxy(current_shell),
    )
    components.install(environment)
    app.register_blueprint(assets.blueprint)
    for package in (screen_pages, builder_pages):
        for blueprint in blueprints(package):
            app.register_blueprint(blueprint)
    app.page_for_fault = page_for_fault  # type: ignore[attr-defined]  # the engine's own hook on its Flask class


def blueprints(package: Any) -> list[Blueprint]:
    """The `blueprint` of each module or folder of a package, so that a screen is added by adding its file."""
    found = []
    for module in iter_modules(package.__path__, package.__name__ + "."):
        blueprint = getattr(import_module(module.name), "blueprint", None)
        if isinstance(blueprint, Blueprint):
            found.append(blueprint)
    return found


def page_csrf_token() -> str:
    """The token of this browser's session for forms; empty for those who are not signed in."""
    secret = request.cookies.get(SESSION_COOKIE)
    return csrf_token(secret) if secret else ""
