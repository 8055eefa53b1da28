"""Two things said by two exchanges, compared: heads, pairs of name and value, texts by line and word, JSON by structure, bytes.

Everything here is bounded: what comes is hostile, and a pair of bodies can be made so that an honest difference would take for ever.
`align` has a budget of steps, and whatever it could not look into counts as replaced; each comparison says what it left out.
"""
