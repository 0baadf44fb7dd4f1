"""Versions of flows: which fit the present one, moving what runs, and what `dougong check` finds stuck."""
