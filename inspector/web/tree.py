"""The list as a tree beside it: hosts with the folders of their paths, or programs with the hosts that they spoke to, each with its count.

A branch is a link: it narrows the list to what is under it and opens its own branches. So the address says which is open, and only the levels
on the way to it are counted. Works without script; script puts the same part of the page in place.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, render_template, request

from inspector.filter.parsing import parse
from inspector.filter.tree import All, Node, is_everything
from inspector.filter.written import quoted
from inspector.store.captures import Captures
from inspector.store.tree import Branch as Count
from inspector.store.tree import Level
from inspector.web.filtering import Asked, asked

WAYS = ("host", "client")
_DEEPEST = 12


class Line(NamedTuple):
    """One branch on the page. `within` leads to it; `lines` are its own, where it is open."""

    words: str
    within: str
    filter: str
    exchanges: int
    failed: int
    current: bool
    lines: tuple[Line, ...] = ()


class Branch(NamedTuple):
    """Where in the tree one stands: `host` or `client`, and the names on the way there, without any at its root."""

    way: str
    names: tuple[str, ...]

    @classmethod
    def asked(cls) -> Branch | None:
        """As the address has it; None where it asks for no tree."""
        way = request.args.get("group", "")
        names = tuple(name for name in request.args.get("within", "").split("\n") if name)
        return cls(way, names[:_DEEPEST]) if way in WAYS else None

    def filter(self) -> str:
        """What is under it, in the filter language; '' at the root."""
        return " ".join(_condition(self.way, depth, name, last=depth == len(self.names) - 1) for depth, name in enumerate(self.names)).strip()  # fmt: skip

    def within(self, filter: Asked) -> Node:
        """What fits the filter and is under it."""
        return _both(filter.wanted, self.filter())


def _both(wanted: Node, also: str) -> Node:
    node = parse(also)
    if is_everything(wanted) or is_everything(node):
        return node if is_everything(wanted) else wanted
    return All((wanted, node))


def _condition(way: str, depth: int, name: str, *, last: bool) -> str:
    if way == "client":
        return f"from:={quoted(name)}" if depth == 0 else f"host:={quoted(name)}"
    if depth == 0:
        return f"host:={quoted(name)}"
    # only the deepest folder matters
    return (f"path:{quoted(name)}" if name.endswith("/") else f"path:={quoted(name)}") if last else ""


def _level(way: str, depth: int) -> Level:
    if way == "client":
        return "agent" if depth == 0 else "host"
    return "host" if depth == 0 else "folder"


def tree_of(captures: Captures, filter: Asked, branch: Branch) -> dict[str, Any]:
    """The tree for its template: the root's branches, and those on the way to where one stands."""
    grown = _Grown(captures, filter.wanted, branch)
    lines = grown.lines(())
    return {"lines": lines, "searched": grown.searched, "whole": not branch.names, "filter": branch.filter()}


class _Grown:
    """A tree being made, level by level. `searched` is the least share of all exchanges that a level speaks of."""

    def __init__(self, captures: Captures, wanted: Node, branch: Branch) -> None:
        self.searched = 1.0
        self._captures = captures
        self._wanted = wanted
        self._branch = branch

    def lines(self, names: tuple[str, ...]) -> tuple[Line, ...]:
        """The branches below some names."""
        way, depth = self._branch.way, len(names)
        under = names[-1] if depth > 1 and way == "host" else "/"
        wanted = _both(self._wanted, Branch(way, names).filter())
        found = self._captures.branches(wanted, _level(way, depth), under)
        self.searched = min(self.searched, found.searched)
        lines = [self._line((*names, count.name), count) for count in found.branches]
        if found.left_out:
            lines.append(Line(f"and {found.left_out:,} more", "", "", 0, 0, False))
        return tuple(lines)

    def _line(self, names: tuple[str, ...], count: Count) -> Line:
        opened = self._branch.names
        opens = opened[: len(names)] == names and (names[-1].endswith("/") or len(names) == 1)
        own = self.lines(names) if opens and len(names) < _DEEPEST else ()
        here = Branch(self._branch.way, names)
        return Line(
            _words(self._branch.way, names),
            "\n".join(names),
            here.filter(),
            count.exchanges,
            count.failed,
            opened == names,
            own,
        )


def _words(way: str, names: tuple[str, ...]) -> str:
    """A folder or page without what stands above it already."""
    if way == "client" or len(names) == 1:
        return names[-1]
    above = names[-2] if len(names) > 2 else ""
    return names[-1][len(above) :] or names[-1]


def blueprint(captures: Captures) -> Blueprint:
    pages = Blueprint("tree", __name__)

    @pages.get("/traffic/tree")
    def part() -> str:
        branch = Branch.asked() or Branch("host", ())
        filter = asked()
        return render_template(
            "traffic/tree.html", tree=tree_of(captures, filter, branch), filter=filter, group=branch.way
        )

    return pages
