"""A lesson's words as HTML: Markdown without raw HTML or pictures, `[[terms]]` as links to the glossary, blanks filled in after parsing, so that what
stands in captured bytes is text whatever it looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

GLOSSARY = "/learn/glossary#"
_TERM = re.compile(r"\[\[([^\]|\n]+)(?:\|([^\]\n]+))?\]\]")
_BLANK = re.compile(r"\{([a-z-]+)\}")


def _term(state: StateInline, silent: bool) -> bool:
    """`[[cookie]]`, or `[[cookie|cookies]]` with other words."""
    found = _TERM.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        opening = state.push("link_open", "a", 1)
        opening.attrs = {"href": GLOSSARY + term_id(found[1]), "class": "term"}
        state.push("text", "", 0).content = found[2] or found[1]
        state.push("link_close", "a", -1)
    state.pos = found.end()
    return True


def term_id(words: str) -> str:
    """The glossary's id of a term."""
    return words.strip().lower().replace(" ", "-")


@lru_cache(maxsize=1)
def markdown() -> MarkdownIt:
    """The parser: CommonMark and tables, no raw HTML, no pictures, links to pages of ours and to the web alone."""
    made = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
    made.disable(["image", "html_inline", "html_block", "reference"])
    made.inline.ruler.before("link", "term", _term)
    made.validateLink = _may_lead_to  # type: ignore[method-assign]  # the way its documentation names
    return made


def _may_lead_to(url: str) -> bool:
    own = url.startswith(("/", "#")) and not url.startswith(("//", "/\\"))
    return own or url.startswith("https://")


def html(text: str, blanks: Mapping[str, str] | None = None) -> str:
    """A text as HTML."""
    parser = markdown()
    return _rendered(parser.parse(text), blanks or {})


def html_line(text: str, blanks: Mapping[str, str] | None = None) -> str:
    """A sentence as HTML, without a paragraph around it."""
    parser = markdown()
    return _rendered(parser.parseInline(text), blanks or {})


def terms(text: str) -> Iterator[str]:
    """The ids of the glossary's terms that a text leads to."""
    for token in _all(markdown().parse(text)):
        href = str(token.attrs.get("href", ""))
        if href.startswith(GLOSSARY):
            yield href.removeprefix(GLOSSARY)


def blanks(text: str) -> Iterator[str]:
    """The blanks in a text."""
    for token in _all(markdown().parse(text)):
        if token.type in ("text", "code_inline"):
            yield from _BLANK.findall(token.content)


def plain(text: str) -> str:
    """A text without its marks."""
    pieces = []
    for token in _all(markdown().parse(text)):
        if token.type in ("text", "code_inline", "fence", "code_block"):
            pieces.append(token.content)
        elif token.type in ("softbreak", "hardbreak", "paragraph_close", "list_item_close"):
            pieces.append("\n")
    return "".join(pieces).strip()


def _rendered(tokens: list[Token], filled: Mapping[str, str]) -> str:
    for token in _all(tokens):
        if token.type in ("text", "code_inline") and "{" in token.content:
            token.content = _BLANK.sub(lambda found: filled.get(found[1], found[0]), token.content)
        if token.type == "link_open" and str(token.attrs.get("href", "")).startswith("https://"):
            token.attrs |= {"target": "_blank", "rel": "noopener noreferrer"}
    parser = markdown()
    renderer = parser.renderer
    assert isinstance(renderer, RendererHTML)
    return renderer.render(tokens, parser.options, {})


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        if token.children:
            yield from _all(token.children)
