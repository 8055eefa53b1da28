"""Floor 2: the filter language. Text in; a frozen tree, a sentence in plain words, completions and a matcher out.

The table in `fields` is all that the language knows of an exchange: grammar, words, completion, the docs and the store's SQL are
drawn from it. The matcher here decides what a filter means; whatever the store does to be quicker must give the same verdict.
"""
