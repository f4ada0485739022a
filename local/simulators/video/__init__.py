"""Videos for the simulators: scenes, camera moves and an H.264 encoder."""
