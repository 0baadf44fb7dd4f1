"""Believable generated records, so that a new installation can be looked at; driven by a pack's `demo.yaml`.

The engine knows only the recipes; every noun stands in the pack. Called by `dougong up` and `dougong tenant
create --demo`.
"""
