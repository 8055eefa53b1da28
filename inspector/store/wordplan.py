"""A filter asked of one block of the word index: which documents may fit, which surely do.

Both answers are bitmaps, and they differ where the words alone cannot tell: `"out of stock"` stands only where all three words are,
but not everywhere where they are. `not` exchanges the two.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from inspector.filter.conditions import (
    Begins,
    Condition,
    Contains,
    From,
    Is,
    Like,
    OneOf,
    Present,
    Until,
    Within,
)
from inspector.filter.fields import Source
from inspector.filter.matching import ESCAPED, holds, inside, row_text, spellings
from inspector.filter.texts import fold
from inspector.filter.tree import All, Node, Not, Term
from inspector.store.where import NOTHING_MARKED, Marked, marked_ids
from inspector.store.wordblock import ADDRESS, CAME, DONE, REQUEST, RESPONSE, SENT, STRIDE, runs
from inspector.store.wordbooks import Block
from inspector.store.wordreader import WordReader


class Answer(NamedTuple):
    """Documents that may fit, and those of them that do."""

    may: int
    do: int


Ask: TypeAlias = Callable[[WordReader, Block], Answer]

_SHORTEST = 3  # letters: shorter parts of words stand nearly everywhere
_HEADS = (REQUEST, RESPONSE)
_TEXTS = (ADDRESS, *_HEADS, SENT, CAME)


def ask_for(node: Node, now: float, marks: Marked = NOTHING_MARKED) -> Ask:
    """What to ask of each block for a filter."""
    if isinstance(node, Term):
        return _term(node, now, marks)
    if isinstance(node, Not):
        part = ask_for(node.part, now, marks)

        def turned(words: WordReader, block: Block) -> Answer:
            answer = part(words, block)
            return Answer(block.live & ~answer.do, block.live & ~answer.may)

        return turned
    parts = [ask_for(part, now, marks) for part in node.parts]
    return _all(parts) if isinstance(node, All) else _any(parts)


def _all(parts: list[Ask]) -> Ask:
    def ask(words: WordReader, block: Block) -> Answer:
        may = do = block.live
        for part in parts:
            if not may:
                break
            answer = part(words, block)
            may, do = may & answer.may, do & answer.do
        return Answer(may, do & may)

    return ask


def _any(parts: list[Ask]) -> Ask:
    def ask(words: WordReader, block: Block) -> Answer:
        may = do = 0
        for part in parts:
            answer = part(words, block)
            may, do = may | answer.may, do | answer.do
        return Answer(may, do)

    return ask


def _term(term: Term, now: float, marks: Marked) -> Ask:
    """What the index can say about a term; about some it can say nothing."""
    if term.field.source is Source.MARK:
        return _added(term, marks)
    if term.field.source is Source.ROW:
        return _row(term, now)
    name, condition = term.field.name, term.condition
    if name in ("decision", "rule"):
        return _whole(DONE, f"{name}:", condition)
    if name.endswith("header.") and isinstance(condition, Present):
        zones = {"header.": _HEADS, "request.header.": (REQUEST,), "response.header.": (RESPONSE,)}[name]
        return _known(
            zones, lambda words, block, zone: words.holding(block, zone, b"\n" + fold(term.name) + b":\n")
        )
    asked = _wanted(condition)
    if name in _FIELDS and asked is not None:
        zones, header, before = _FIELDS[name]
        prefix = fold(header or term.name) + b":"
        return _in_field(
            zones, prefix, _parts(before.format(term.name)) + asked, exact=not before and _is_word(condition)
        )
    if name in _ZONES and asked:
        return _in_zones(_ZONES[name], asked, exact=_is_word(condition))
    return _anything


_ZONES = {"": _TEXTS, "body": (SENT, CAME), "request.body": (SENT,), "response.body": (CAME,)}
# zones, which header field (else the one that the filter names), which words of it come from the filter's second name
_FIELDS = {
    "header.": (_HEADS, "", ""), "request.header.": ((REQUEST,), "", ""), "response.header.": ((RESPONSE,), "", ""),
    "cookie.": ((REQUEST,), "cookie", "{}"), "set-cookie.": ((RESPONSE,), "set-cookie", "{}"),
}  # fmt: skip


def _anything(words: WordReader, block: Block) -> Answer:
    return Answer(block.live, 0)


# -- words


def _parts(text: str) -> list[bytes]:
    """What has to stand within words where this text stands."""
    return [run[:STRIDE] for run in runs(fold(text)) if len(run) >= _SHORTEST]


def _wanted(condition: Condition) -> list[bytes] | None:
    """The parts of words without which the condition cannot hold; None if it is of another kind."""
    match condition:
        case Contains(text) | Begins(text) | Is(text):
            return _parts(text)
        case Like(pattern, _):
            return [part for each in pattern.split("*") for part in _parts(each)]
        case Present():
            return []
        case _:
            return None


def _is_word(condition: Condition) -> bool:
    """Whether it looks for part of one word, so that the index need not be checked."""
    if not isinstance(condition, Contains):
        return False
    folded = fold(condition.text)
    return runs(folded) == [folded] and _SHORTEST <= len(folded) <= STRIDE


def _in_zones(zones: Iterable[str], parts: list[bytes], *, exact: bool) -> Ask:
    def holding(words: WordReader, block: Block, zone: str) -> int | None:
        found: int | None = None
        for part in parts:
            documents = words.holding(block, zone, part)
            if documents is not None:
                found = documents if found is None else found & documents
            if found == 0:
                break
        return found

    return _known(zones, holding, exact=exact)


def _in_field(zones: Iterable[str], prefix: bytes, parts: list[bytes], *, exact: bool) -> Ask:
    def holding(words: WordReader, block: Block, zone: str) -> int:
        found = words.named(block, zone, prefix, parts[0] if parts else b"")
        for part in parts[1:]:
            found &= words.named(block, zone, prefix, part)
        return found

    return _known(zones, holding, exact=exact)


def _known(
    zones: Iterable[str], holding: Callable[[WordReader, Block, str], int | None], *, exact: bool = True
) -> Ask:
    """The documents with what is looked for in any of the zones; those whose words are unknown may have it, too."""

    def ask(words: WordReader, block: Block) -> Answer:
        found = 0
        for zone in zones:
            documents = holding(words, block, zone)
            if documents is None:
                return _anything(words, block)
            found |= documents
        found &= block.live
        return Answer(found | block.unknown, found & ~block.unknown if exact else 0)

    return ask


def _whole(zone: str, prefix: str, condition: Condition) -> Ask:
    """Short names, which stand in the index as they are."""
    fits = (lambda _: True) if isinstance(condition, Present) else holds(condition)

    def ask(words: WordReader, block: Block) -> Answer:
        found = 0
        for word, documents in words.words(block, zone, fold(prefix)):
            if fits(word):
                found |= documents
        found &= block.live
        return Answer(found | block.unknown, found & ~block.unknown)

    return ask


# -- what the rows have: of a whole block only


def _row(term: Term, now: float) -> Ask:
    field, condition = term.field, term.condition
    if field.name == "is" and isinstance(condition, OneOf):
        return _marked(condition.said)
    if isinstance(condition, Within | From | Until):
        return _numbered(field.column, condition, now)
    if field.column:
        return _one_of(field.column, condition)
    parts = (
        [_wanted_in_address(condition, escaped) for escaped in (False, True)] if field.name in ESCAPED else []
    )
    asks = [_in_zones((ADDRESS,), each, exact=False) for each in parts if each]
    return _any(asks) if asks and len(asks) == len(parts) else _anything


def _wanted_in_address(condition: Condition, escaped: bool) -> list[bytes]:
    text = condition.pattern if isinstance(condition, Like) else getattr(condition, "text", "")
    spelled = spellings(text, escaped=True)[-1 if escaped else 0]
    return [part for each in spelled.split("*") for part in _parts(each)]


def _of_block(some: bool, every: bool, block: Block) -> Answer:
    return Answer(block.live if some else 0, block.live if every else 0)


def _added(term: Term, marks: Marked) -> Ask:
    """Which blocks are about any of the exchanges that somebody marked so."""
    ids, fit = marked_ids(term, marks)

    def ask(words: WordReader, block: Block) -> Answer:
        begin = bisect_left(ids, block.directory.first_id)
        some = begin < len(ids) and ids[begin] <= block.directory.last_id
        return _of_block(some, False, block) if fit else _of_block(True, not some, block)

    return ask


def _marked(mark: str) -> Ask:
    def ask(words: WordReader, block: Block) -> Answer:
        some, every = block.directory.marks
        return _of_block(mark in some, mark in every, block)

    return ask


def _numbered(column: str, condition: Within | From | Until, now: float) -> Ask:
    def ask(words: WordReader, block: Block) -> Answer:
        low, high, missing = block.directory.numbers[column]
        some = low is not None and high is not None and _overlaps(condition, now, low, high)
        fits = inside(condition, now)
        return _of_block(some, not missing and fits(low) and fits(high), block)

    return ask


def _overlaps(condition: Within | From | Until, now: float, low: float, high: float) -> bool:
    """Whether any number between the two may fit."""
    if isinstance(condition, From):
        return high >= condition.when.at(now)
    if isinstance(condition, Until):
        return low < condition.when.at(now)
    over = condition.low is None or high >= condition.low
    return over and (condition.high is None or low <= condition.high)


def _one_of(column: str, condition: Condition) -> Ask:
    fits = row_text(condition)

    @lru_cache(maxsize=4096)
    def judged(values: tuple[str, ...]) -> tuple[bool, bool]:
        verdicts = [fits(value) for value in values]
        return any(verdicts), all(verdicts)

    def ask(words: WordReader, block: Block) -> Answer:
        values = block.directory.named.get(column)
        return _of_block(*judged(values), block) if values is not None else _anything(words, block)

    return ask
