"""What happens by itself after a commit. The write path and the clock put what fired into the outbox (or call
`enqueue`); the handlers do it; try_out shows what would have happened."""

from dougong_platform.automations.firing import enqueue

__all__ = ["enqueue"]
