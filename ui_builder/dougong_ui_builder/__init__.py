"""The faces of Dougong: the screens generated from metadata and the builder; hooks into the engine by `dougong.faces`."""
