"""Dashboards: widgets on a grid, each answered by itself under the viewer's access."""
