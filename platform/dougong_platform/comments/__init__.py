"""What people say about a record, on its timeline. Whoever may see the record may read and write."""

from dougong_platform.comments.conversation import add, edit, list_comments, remove

__all__ = ["add", "edit", "list_comments", "remove"]
