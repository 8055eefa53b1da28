"""Floor 0: bytes into meaning. No socket, no clock, no file; knows nothing of exchanges, and is told nothing.

What a peer did wrong comes back as a `Problem`, never as an exception: its code is a row of `rules.RULES`.
"""
