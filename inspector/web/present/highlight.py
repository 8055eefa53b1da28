"""Text with its grammar in colour, by Pygments: HTML with CSS classes, every character of the text escaped."""

from __future__ import annotations

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import (
    CssLexer,
    GraphQLLexer,
    HtmlDjangoLexer,
    HtmlLexer,
    JavascriptLexer,
    JsonLexer,
    PythonLexer,
    SqlLexer,
    TypeScriptLexer,
    XmlLexer,
    YamlLexer,
)

LONGEST = 256 * 1024
_LONGEST_LINE = 50_000

LANGUAGES: dict[str, tuple[str, type[Lexer]]] = {
    "html": ("HTML", HtmlLexer),
    "xml": ("XML", XmlLexer),
    "css": ("CSS", CssLexer),
    "javascript": ("JavaScript", JavascriptLexer),
    "json": ("JSON", JsonLexer),
    "typescript": ("TypeScript", TypeScriptLexer),
    "graphql": ("GraphQL", GraphQLLexer),
    "sql": ("SQL", SqlLexer),
    "yaml": ("YAML", YamlLexer),
    "python": ("Python", PythonLexer),
    "html+jinja": ("Jinja", HtmlDjangoLexer),
}
_BY_MEDIA = {
    "text/html": "html", "application/xhtml+xml": "html", "text/xml": "xml", "application/xml": "xml",
    "image/svg+xml": "xml", "text/css": "css", "text/javascript": "javascript", "application/javascript": "javascript",
    "application/x-javascript": "javascript", "application/ecmascript": "javascript", "text/ecmascript": "javascript",
    "application/json": "json", "text/json": "json", "application/manifest+json": "json",
    "application/importmap+json": "json", "application/typescript": "typescript", "application/graphql": "graphql",
    "application/sql": "sql", "application/yaml": "yaml", "application/x-yaml": "yaml", "text/yaml": "yaml",
}  # fmt: skip
_format: HtmlFormatter[str] = HtmlFormatter(nowrap=True, classprefix="c-")


def language_of(media: str) -> str:
    """The key of LANGUAGES for a media type; structured suffixes count (RFC 6839); empty for others."""
    if media in _BY_MEDIA:
        return _BY_MEDIA[media]
    if media.endswith("+json"):
        return "json"
    return "xml" if media.endswith("+xml") else ""


def in_colour(text: str, language: str) -> Markup:
    """The text as HTML; plain when it is too long for a lexer to be quick, as it also is when on one endless line."""
    if not language or len(text) > LONGEST or max(map(len, text.split("\n"))) > _LONGEST_LINE:
        return escape(text)
    lexer = LANGUAGES[language][1](stripnl=False, ensurenl=False)
    return Markup(highlight(text, lexer, _format))  # noqa: S704 (the formatter escapes what it prints)
