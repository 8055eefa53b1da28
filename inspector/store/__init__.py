"""Floor 4: what was captured, kept on disk. Empty on purpose: an engine that starts must not load a database."""
