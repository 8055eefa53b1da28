"""Floor 1: the one type everything else speaks of. See `model`."""
