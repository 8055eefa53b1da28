"""From captured bytes to what a template prints: pure functions, one file for each thing shown.

Bytes come from strangers. Nothing here trusts their shape, raises over it, reads a large body whole, or
takes longer than a person waits; what could not be shown is said.
"""
