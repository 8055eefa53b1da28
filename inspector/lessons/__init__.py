"""Floor 3: lessons. A lesson is a Markdown file; this floor reads it, says what its steps wait for, and decides from captured exchanges whether they came.

Nothing here looks anything up: captures are given as a `Look`, the state of a learner as a `Run`. What a step asks to be done is written so that a
machine can do it too, so a test can take every lesson from its start to its end by what its words say and nothing else.
"""
