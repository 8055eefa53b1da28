"""Values of fields, taken apart as those who receive them do: pure, by the standard's own algorithm, and with no word about them.

What isn't as the standard has it comes out as what a browser or a cache would make of it. Nothing here raises over its input.
"""
