"""/api/v1: what the pages know and can do, for programs. The same functions, other words.

Each route says what it is in its own place, with `says` (`describing.py`): a sentence, the scope that a token needs, what it takes and gives. From that
one description the call is checked before the view runs, the guard knows who may make it, and the OpenAPI document and the page /api are drawn.
A route of another module joins by its decorator alone.
"""
