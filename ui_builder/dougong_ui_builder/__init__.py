"""The faces of Dougong: screens generated from metadata, and the builder. The engine finds them by `dougong.faces`."""
