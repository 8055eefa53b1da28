"""A filter's text changed by a button: one condition put in, taken out, or exchanged for another, the rest left as it was written."""

from __future__ import annotations

from collections.abc import Collection

from inspector.filter.errors import FilterMistake
from inspector.filter.parsing import parse
from inspector.filter.tree import All, Any, Node, Term


def top_terms(node: Node) -> tuple[Term, ...]:
    """The plain terms that all have to hold."""
    parts = node.parts if isinstance(node, All) else (node,)
    return tuple(part for part in parts if isinstance(part, Term))


def chosen(text: str, among: Collection[str]) -> str:
    """Which one of some terms (as `kind:page`) the filter has; '' for none or several, or if it cannot be read."""
    try:
        found = {text[term.start : term.end].lower() for term in top_terms(parse(text))} & set(among)
    except FilterMistake:
        return ""
    return found.pop() if len(found) == 1 else ""


def exchanged(text: str, among: Collection[str], wanted: str) -> str:
    """The filter with `wanted` in place of whichever of some terms it has; a text that cannot be read gives way."""
    try:
        node = parse(text)
    except FilterMistake:
        return wanted
    spans = [
        (term.start, term.end) for term in top_terms(node) if text[term.start : term.end].lower() in among
    ]
    for start, end in reversed(spans):
        before, after = text[:start].rstrip(), text[end:].lstrip()
        for word in ("AND", "&&"):  # the one that joined it goes with it
            if after.startswith(word):
                after = after.removeprefix(word).lstrip()
                break
            if before.endswith(word):
                before = before.removesuffix(word).rstrip()
                break
        text = f"{before} {after}".strip()
    if wanted and isinstance(node, Any):
        text = f"({text})"
    return f"{text} {wanted}".strip()
