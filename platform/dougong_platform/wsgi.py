"""The WSGI application for a server that wants a module: `granian --interface wsgi dougong_platform.wsgi:app`."""

from __future__ import annotations

from dougong_platform.app import create_app
from dougong_platform.settings import Settings
from dougong_platform.staying import settle

app = create_app(Settings.from_environment())
settle()
