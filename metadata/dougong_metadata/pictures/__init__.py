"""Pictures of flows, made from the metadata: `python -m dougong_metadata.pictures docs/pictures/approvals`."""

from dougong_metadata.pictures.flow import picture

__all__ = ["picture"]
