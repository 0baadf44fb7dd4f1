"""Every command of `dougong`: its name, where it is, and its one line in `dougong --help`.

To add one, write `cli/<name>.py` with a click command or group and add a line here.
"""

from __future__ import annotations

COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("dougong_platform.cli.up:up", "Start everything and serve."),
    "demo": ("dougong_platform.cli.demo:demo", "Make a tenant with generated people and records."),
    "records": ("dougong_platform.cli.records:records", "Read and write records in bulk."),
    "servers": ("dougong_platform.cli.servers:servers", "Show the embedded servers' addresses, or a database prompt."),
    "tenant": ("dougong_platform.cli.tenant:tenant", "Create, list, suspend and drop tenants."),
    "metadata": ("dougong_platform.cli.metadata:metadata", "Metadata as files: export, plan, publish, restore."),
    "backup": ("dougong_platform.cli.backup:backup", "Write a tenant to one file."),
    "restore": ("dougong_platform.cli.backup:restore", "Bring a tenant back from such a file."),
    "jobs": ("dougong_platform.cli.jobs:jobs", "See what waits and what failed; run it again."),
    "check": ("dougong_platform.cli.check:check", "See whether what a tenant holds agrees with itself."),
    "token": ("dougong_platform.cli.token:token", "Issue, list and revoke API tokens."),
}
