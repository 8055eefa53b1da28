"""Why your browser believed it: both chains side by side, leaf to root, each ending in the trust store that vouches for it.

Only geometry and words; `templates/pictures/chains.svg` draws them. Nothing of the exchange but its host is in the picture: no path, no
cookie, no secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from inspector.explain.acceptance import Mark
from inspector.explain.chains import Chain, Link
from inspector.web.present.drawing import HEIGHT, Layout, clean, cut, wrap
from inspector.web.words import day

# What failed, in the few words that a box has room for.
FAILED = {
    "dates": "out of date", "name": "for another name", "trust": "nobody vouches for it", "complete": "the next was not sent",
    "signatures": "its signature does not fit", "authorities": "may not sign others", "path-length": "too many below it",
    "leaf": "marked as an authority", "key-usage": "its key is not for TLS", "purpose": "not made for web sites",
    "constraints": "may not vouch for this name", "strength": "too weak", "lifetime": "lasts too long", "revocation": "withdrawn",
    "transparency": "in no public log", "form": "badly made",
}  # fmt: skip
_WORDS: dict[Mark, str] = {"good": "passed", "bad": "failed", "open": "can't be told from here"}
_MOST = 4  # boxes of one chain; the middle of a longer one is folded


@dataclass(frozen=True, slots=True)
class Box:
    """One certificate, or the trust store at the end. `lines` are its small print; `kind` decides its edge."""

    x: int
    y: int
    width: int
    height: int
    mark: Mark
    name: str
    lines: tuple[str, ...]
    kind: Literal["link", "folded", "end", "missing"]
    link: str = ""

    @property
    def words(self) -> str:
        """The box in words: what it is, and whether it passed."""
        print_ = ", ".join(self.lines)
        said = f"{self.name} ({print_})" if self.name and print_ else self.name or print_
        mark = "" if self.kind in ("folded", "missing") else f": {_WORDS[self.mark]}"
        return f"{'ends in ' if self.kind == 'end' else ''}{said}{mark}"


@dataclass(frozen=True, slots=True)
class Column:
    """One chain. `striped`: it was made by Inspector."""

    x: int
    y: int
    width: int
    title: str
    striped: bool
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn, in units of the viewBox; `alternative` is the whole in words."""

    layout: Layout
    height: int
    title: tuple[str, ...]
    subtitle: tuple[str, ...]
    columns: tuple[Column, ...]
    foot: str
    alternative: str


def draw(stand_in: Chain | None, site: Chain | None, layout: Layout) -> Picture:
    """The picture of two chains; at least one of them is there."""
    present = site or stand_in
    assert present is not None
    title = headline(stand_in, site)
    room = layout.width - 2 * layout.columns[0]
    titles = wrap(title, room, layout.title, 2)
    subtitles = wrap(_subtitle(present, site), room, layout.text, 2 if not layout.stacked else 4)
    top = (
        36
        + layout.title
        + (len(titles) - 1) * round(layout.title * 1.2)
        + len(subtitles) * round(layout.text * 1.4)
    )
    chains: tuple[tuple[Chain | None, str, bool], ...] = (
        (
            stand_in,
            "Made by Inspector, on this computer"
            if layout.stacked
            else "Stand-in, made by Inspector on this computer",
            True,
        ),
        (site, "The site's own", False),
    )
    height = layout.row if layout.stacked else _row_height(layout, (stand_in, site), HEIGHT - top - 118)
    columns: list[Column] = []
    at = top + 12
    for (chain, words, striped), x in zip(chains, layout.columns, strict=True):
        boxes = tuple(_boxes(chain, layout, (x, at + 52), height))
        columns.append(Column(x, at, layout.column, words, striped, boxes))
        if layout.stacked:
            at = boxes[-1].y + boxes[-1].height + 32
    foot = f"As of {day(present.seen)}. Made by Inspector."
    whole = HEIGHT if not layout.stacked else at + 24
    return Picture(
        layout, whole, titles, subtitles, tuple(columns), foot, _alternative(title, present, columns)
    )


def headline(stand_in: Chain | None, site: Chain | None) -> str:
    """What the picture answers."""
    if stand_in is not None and stand_in.mark == "bad":
        return "Why your browser refused it"
    if site is not None and site.mark == "bad":
        return "Why Inspector did not believe this site"
    if stand_in is not None and stand_in.end is not None and stand_in.end.who.startswith("Nobody"):
        return "Why this window accepted it"
    return "Why your browser believed it"


def _subtitle(present: Chain, site: Chain | None) -> str:
    if site is not None and site.mark == "bad":
        return site.verdict
    return f"{present.host}: what Inspector shows the browser, and what the site shows Inspector."


def _row_height(layout: Layout, chains: Sequence[Chain | None], room: int) -> int:
    rows = max(min(len(chain.links), _MOST) + 1 + bool(chain.gap) if chain else 1 for chain in chains)
    return min(layout.row, (room - (rows - 1) * layout.gap) // rows)


def _boxes(chain: Chain | None, layout: Layout, place: tuple[int, int], height: int) -> Iterator[Box]:
    x, y = place
    if chain is None or not chain.links:
        yield _missing(chain, layout, x, y)
        return
    room = layout.column - 76
    for link in _folded(chain.links):
        if isinstance(link, int):
            yield Box(
                x, y, layout.column, height, "open", f"{link} more in between", (), "folded", "signed by"
            )
        else:
            name = cut(link.facts.subject or "A certificate without a name", room, layout.text)
            lines = (cut(_small_print(link), room, layout.small),)
            signed = "signed by" if link is not chain.links[-1] or chain.gap else ""
            mark: Mark = "bad" if link.blamed else "good"
            yield Box(x, y, layout.column, height, mark, name, lines, "link", signed)
        y += height + layout.gap
    if chain.gap:
        yield Box(
            x,
            y,
            layout.column,
            height,
            "open",
            cut(f"Not sent: {chain.gap}", room, layout.text),
            (),
            "folded",
        )
        y += height + layout.gap
    if chain.end is not None:
        lines = (cut(_end_words(chain), room, layout.small),)
        who = cut(chain.end.who, room, layout.text)
        yield Box(x, y, layout.column, height, chain.end.mark, who, lines, "end")


def _missing(chain: Chain | None, layout: Layout, x: int, y: int) -> Box:
    """In the place of a chain: why there is none."""
    words = "There was no TLS on this side, so there is no certificate."
    if chain is not None:
        words = chain.missing or chain.verdict
    lines = wrap(words, layout.column - 40, layout.small, 6)
    return Box(x, y, layout.column, 28 + len(lines) * round(layout.small * 1.4), "open", "", lines, "missing")


def _end_words(chain: Chain) -> str:
    assert chain.end is not None
    if chain.end.mark == "good":
        return (
            "knows the one above, and so believes all below it"
            if len(chain.links) > 1
            else "knows it, and so believes it"
        )
    if chain.end.mark == "bad":
        return (
            "no root there stands above this chain"
            if chain.whose == "site"
            else "it does not know this authority"
        )
    if chain.end.who.startswith("Nobody"):
        return "it doesn't know the authority, so there is no tick"
    return "accepted, but whether it is trusted can't be seen"


def _folded(links: Sequence[Link]) -> Iterator[Link | int]:
    if len(links) <= _MOST:
        yield from links
        return
    yield from links[: _MOST - 2]
    yield len(links) - _MOST + 1
    yield links[-1]


def _small_print(link: Link) -> str:
    if link.blamed:
        return "; ".join(FAILED.get(each, each) for each in link.blamed)
    origin = {"sent": "", "earlier": "", "store": ", not sent", "known": ", not sent"}[link.came]
    role = link.role.partition(":")[0].partition(",")[0]
    return f"{role}{origin}, {link.dates.then}"


def _alternative(title: str, present: Chain, columns: Sequence[Column]) -> str:
    told = (f"{column.title}: {'; '.join(box.words for box in column.boxes)}." for column in columns)
    return clean(" ".join((f"{title}. {present.host}.", *told)))
