"""The engine: turns a tenant's metadata into storage, records, reads, an HTTP API and a command line.

It knows no business noun; `dougong_ui_builder` puts screens on it through the entry points of group `dougong.faces`.
"""
