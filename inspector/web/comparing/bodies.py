"""Two bodies compared, content codings undone: JSON by structure, forms by name, texts by line and word, the rest byte by byte.

No more than `MOST` of each is held, and of long texts a window is compared that begins where they part; what was left out is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from inspector.explain.comparing.octets import OctetDifference, compare_octets
from inspector.explain.comparing.pairs import PairRow, compare_pairs, differing
from inspector.explain.comparing.structures import StructureDifference, compare_structures
from inspector.explain.comparing.texts import (
    MOST_CHARACTERS,
    TextDifference,
    common_start,
    compare_texts,
)
from inspector.store.captures import ArchiveGone, Captures
from inspector.web.finding import Part
from inspector.web.present.charset import find_charset, looks_like_text, to_text
from inspector.web.present.content import Content, window
from inspector.web.present.forms import urlencoded
from inspector.web.present.jsontext import find_fault, indent
from inspector.web.present.picture import recognise
from inspector.web.words import plural, size

MOST = 16 * 1024 * 1024
WAYS = {"structure": "By structure", "text": "As text", "bytes": "As bytes"}
_FORM = "application/x-www-form-urlencoded"
_PRETTY = 256 * 1024  # JSON up to this is indented before it is compared as text


class Taken(NamedTuple):
    """A body for comparing: its bytes without coding, what it says it is, and a sentence where that is not all of it."""

    data: bytes
    media: str
    charset: str
    note: str = ""

    @property
    def texts(self) -> bool:
        """Whether it can be read as text."""
        return looks_like_text(self.data) and recognise(self.data[:4096]) is None

    @property
    def text(self) -> str:
        return to_text(self.data, find_charset(self.data[: 64 * 1024], self.charset).name)


@dataclass(frozen=True, slots=True)
class BodyDifference:
    """`sentence` says what differs; of the four differences at most one is there. `ways` are those that there are, `way` the one shown."""

    sentence: str
    same: bool
    sizes: tuple[int, int] = (0, 0)
    way: str = ""
    ways: tuple[str, ...] = ()
    structure: StructureDifference | None = None
    pairs: tuple[PairRow, ...] | None = None
    text: TextDifference | None = None
    octets: OctetDifference | None = None
    notes: tuple[str, ...] = ()


def take(captures: Captures, part: Part | None) -> Taken:
    """The body of a message, decoded, as far as it is compared."""
    if part is None or not part.body.size:
        return Taken(b"", "", "")
    content = Content.of(captures, part)
    decoding = content.decoding(MOST + 1)
    try:
        data = window(decoding, 0, MOST + 1)
    except ArchiveGone as gone:
        return Taken(b"", content.media, "", str(gone))
    note = decoding.problem
    if len(data) > MOST:
        data, note = data[:MOST], f"Only its first {size(MOST)} are compared."
    elif part.body.captured < part.body.size:
        note = f"Only {size(part.body.captured)} of {size(part.body.size)} were captured."
    return Taken(data, content.media, content.parameters.get("charset", ""), note)


def compare_bodies(a: Taken, b: Taken, wanted: str = "") -> BodyDifference:
    """The difference of two bodies, in the way that is wanted, if there is that way."""
    notes = tuple(f"{name}: {each.note}" for name, each in (("A", a), ("B", b)) if each.note)
    sizes = (len(a.data), len(b.data))
    if not a.data or not b.data or a.data == b.data:
        return BodyDifference(_alike(a, b), a.data == b.data, sizes, notes=notes)
    texts = a.texts and b.texts
    ways = _ways(a, b, texts)
    way = wanted if wanted in ways else ways[0]
    if way == "structure":
        if a.media == b.media == _FORM:
            return _forms(a, b, sizes, ways, notes)
        found = compare_structures(a.text, b.text)
        if found is not None:
            return BodyDifference(_of_structure(found), False, sizes, way, ways, structure=found, notes=notes)
        ways = tuple(each for each in ways if each != "structure")
        way = ways[0]
        if wanted == "structure" or "json" in a.media:
            notes += ("They are too large, too deep, or not JSON: so they are compared as texts.",)
    if way == "text":
        text, more = _texts(a, b)
        return BodyDifference(_of_text(text), False, sizes, way, ways, text=text, notes=(*notes, *more))
    octets = compare_octets(a.data, b.data)
    return BodyDifference(_of_octets(octets, sizes), False, sizes, way, ways, octets=octets, notes=notes)


def _ways(a: Taken, b: Taken, texts: bool) -> tuple[str, ...]:
    structured = a.media == b.media == _FORM or all(
        each.data.lstrip()[:1] in (b"{", b"[") for each in (a._replace(data=a.data[:256]), b._replace(data=b.data[:256]))
    )  # fmt: skip
    return (*(("structure",) if texts and structured else ()), *(("text",) if texts else ()), "bytes")


def _alike(a: Taken, b: Taken) -> str:
    if not a.data and not b.data:
        return "Neither has a body." if not (a.note or b.note) else "The bodies cannot be compared."
    if not a.data or not b.data:
        only, data = ("B", b.data) if b.data else ("A", a.data)
        return f"Only {only} has a body, of {size(len(data))}."
    return f"The bodies are the same, {plural(len(a.data), 'byte')}."


def _forms(
    a: Taken, b: Taken, sizes: tuple[int, int], ways: tuple[str, ...], notes: tuple[str, ...]
) -> BodyDifference:
    forms = [urlencoded(each.data) for each in (a, b)]
    left, right = ([(entry.name, entry.value) for entry in form.entries] for form in forms)
    if any(form.problem for form in forms):
        notes += ("Only the first 500 entries are compared.",)
    rows = compare_pairs(left, right)
    count = len(differing(rows))
    sentence = (
        f"{plural(count, 'entry', 'entries')} of the form differ{'s' if count == 1 else ''}."
        if count
        else "The forms say the same, written differently."
    )
    return BodyDifference(sentence, False, sizes, "structure", ways, pairs=rows, notes=notes)


def _of_structure(found: StructureDifference) -> str:
    if found.same:
        return "The bodies say the same, written differently: white space or the order of members."
    count = len(found.changes) + found.more
    return f"{plural(count, 'value')} of the JSON differ{'s' if count == 1 else ''}."


def _texts(a: Taken, b: Taken) -> tuple[TextDifference, tuple[str, ...]]:
    """Whole where they are short; else a window from the line on in which they part."""
    if max(len(a.data), len(b.data)) <= MOST_CHARACTERS:
        return compare_texts(*_pretty(a, b)), ()
    start = common_start(memoryview(a.data), memoryview(b.data))
    begin = max(a.data.rfind(b"\n", 0, start) + 1, start - 2_000, 0)
    first = a.data.count(b"\n", 0, begin) + 1
    left, right = (each._replace(data=each.data[begin : begin + MOST_CHARACTERS]) for each in (a, b))
    charset = find_charset(a.data[: 64 * 1024], a.charset).name
    texts = [to_text(each.data, charset) for each in (left, right)]
    rest = a.data[begin + MOST_CHARACTERS :] == b.data[begin + MOST_CHARACTERS :]
    note = (
        f"They are the same up to byte {start:,}. Compared are the {size(MOST_CHARACTERS)} of each from there on; "
        f"what follows {'is the same' if rest else 'was not compared'}."
    )
    return compare_texts(*texts, first=first), (note,)


def _pretty(a: Taken, b: Taken) -> tuple[str, str]:
    """JSON in few lines is indented first, or there would be no lines to compare."""
    texts = (a.text, b.text)
    packed = all(
        len(text) <= _PRETTY and text.count("\n") * 200 < len(text) and text.lstrip()[:1] in ("{", "[")
        for text in texts
    )
    if packed and all(find_fault(text) is None for text in texts):
        return indent(texts[0]), indent(texts[1])
    return texts


def _of_text(found: TextDifference) -> str:
    if found.same:
        return "The texts are the same but for the ends of their lines or their encoding."
    counts = ((found.changed, "changed"), (found.gone, "only in A"), (found.new, "only in B"))
    said = [f"{plural(count, 'line')} {words}" for count, words in counts if count]
    return f"{', '.join(said)}."


def _of_octets(found: OctetDifference, sizes: tuple[int, int]) -> str:
    if found.first is None:
        return "The bytes are the same."
    at_least = "at least " if found.at_least else ""
    differ = (
        f"{at_least}{plural(found.differing, 'byte')} differ{'s' if found.differing == 1 else ''} in place"
    )
    if sizes[0] == sizes[1]:
        return f"Of {plural(sizes[0], 'byte')} {differ}, the first at {found.first:,}."
    return f"A has {plural(sizes[0], 'byte')}, B {sizes[1]:,}; {differ}, the first at {found.first:,}."
