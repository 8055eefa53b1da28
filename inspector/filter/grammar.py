"""The grammar, and a filter's text as lark's tree of it. What lark refuses is said here in a sentence, at its place."""

from __future__ import annotations

from functools import cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedToken

from inspector.filter.errors import FilterMistake

LONGEST = 2_000
DEEPEST = 40
MOST_TERMS = 60
JOINING = ("AND", "OR", "NOT", "&&", "||")

# `/` is an ordinary character, and so is everything else but white space, brackets and quotes. A minus excludes only where
# a term begins; a name is followed by its colon at once, but not by `://`, for that is an address.
GRAMMAR = r"""
start: [any]

any: all (_OR all)*
all: one (_AND? one)*
?one: _NOT one -> no
    | _MINUS one -> no
    | "(" any ")" -> group
    | term
term: FIELD value -> asked
    | (WORD | STRING | OPEN) -> said
value: OP? (WORD | STRING | OPEN) -> single
    | RANGE -> single
    | "(" choice ")" -> choices
choice: pick (_OR pick)*
?pick: WORD | STRING | OPEN

FIELD.5: /[A-Za-z][\w.\-]*:(?!\/\/)/
_OR.4: /(OR|\|\|)(?![^\s()"])/
_AND.4: /(AND|&&)(?![^\s()"])/
_NOT.4: /NOT(?![^\s()"])|!(?=[^\s)])/
_MINUS.4: /-(?=[^\s)])/
OP.4: />=|<=|>|<|=/
RANGE.4: /[\[{]\s*[^\s\[\]{}()"]+\s+TO\s+[^\s\[\]{}()"]+\s*[\]}]/
STRING.3: /"(\\.|[^"\\])*"/
OPEN.2: /"(\\.|[^"\\])*\\?/
WORD.1: /[^\s()"]+/

%ignore /\s+/
"""


@cache
def _parser() -> Lark:
    return Lark(
        GRAMMAR, parser="lalr", lexer="contextual", propagate_positions=True, maybe_placeholders=False
    )


def read(text: str) -> Tree[Token]:
    """The tree of a filter's text. Raises FilterMistake."""
    if len(text) > LONGEST:
        raise FilterMistake(f"A filter has at most {LONGEST:,} characters.", LONGEST, len(text))
    _not_too_deep(text)
    try:
        return _parser().parse(text)
    except UnexpectedToken as error:
        raise _explained(text, error.token, error.accepts or error.expected) from None
    except UnexpectedCharacters as error:
        at = error.pos_in_stream or 0
        raise FilterMistake("This cannot stand here.", at, at + 1) from None
    except UnexpectedEOF:  # pragma: no cover - LALR says UnexpectedToken
        raise FilterMistake("Something is missing at the end.", len(text), len(text)) from None


def _not_too_deep(text: str) -> None:
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth > DEEPEST:
            raise FilterMistake(f"Brackets can be {DEEPEST} deep.", at, at + 1)


def _explained(text: str, token: Token, expected: set[str]) -> FilterMistake:
    """Why a token cannot stand where it does."""
    if token.type == "$END":
        return _unfinished(text)
    start, end = token.start_pos or 0, token.end_pos or len(text)
    before = text[:start].rstrip()
    if token.type == "RPAR":
        if before.endswith("("):
            return FilterMistake("Between these brackets there is nothing.", len(before) - 1, end, ("",))
        if _dangles(before):
            return _nothing_after(before)
        return FilterMistake("This bracket closes none that was opened.", start, end, ("",))
    if expected <= {"_OR", "RPAR"}:  # field:(a b)
        sentence = "The values between these brackets are joined by OR."
        if token.type in ("_AND", "_OR"):
            return FilterMistake(sentence, start, end, ("OR",))
        return FilterMistake(sentence, start, start, ("OR ",))
    return FilterMistake("This cannot stand here.", start, end)


def _unfinished(text: str) -> FilterMistake:
    body = text.rstrip()
    if body.endswith(":"):
        start = max(body.rfind(each) for each in ' ("') + 1
        return FilterMistake(f"After {body[start:]} a value is missing.", start, len(body))
    if body.endswith(("=", "<", ">")):
        return FilterMistake("After the comparison a value is missing.", len(body) - 1, len(body))
    if _dangles(body):
        return _nothing_after(body)
    opened = _unclosed(body)
    if opened < 0:
        return FilterMistake("Something is missing at the end.", len(body), len(body))
    return FilterMistake("This bracket is not closed.", opened, len(body), (body[opened:] + ")",))


def _dangles(body: str) -> bool:
    return _last(body) in JOINING


def _nothing_after(body: str) -> FilterMistake:
    word = _last(body)
    return FilterMistake(
        f"After {word} something is missing.", len(body) - len(word), len(body), ("", f'"{word}"')
    )


def _last(body: str) -> str:
    return next(reversed(body.replace("(", " ").split()), "")


def _unclosed(body: str) -> int:
    """Where the last bracket stands that nothing closes; -1 if there is none."""
    opened = [-1]
    quoted = False
    for at, character in enumerate(body):
        if character == '"' and body[at - 1 : at] != "\\":
            quoted = not quoted
        elif not quoted and character == "(":
            opened.append(at)
        elif not quoted and character == ")":
            opened.pop()
    return opened[-1]
