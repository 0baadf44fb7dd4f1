"""`python -m dougong_platform.cli`: the same as `dougong`, for children of `dougong up`."""

from dougong_platform.cli import main

main()
