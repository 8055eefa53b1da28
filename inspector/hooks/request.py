"""A request on its way to the site, by the names that Flask has for its parts."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from werkzeug.formparser import parse_form_data
from werkzeug.http import parse_cookie
from werkzeug.urls import iri_to_uri

from inspector.exchange.consulting import Draft
from inspector.hooks.content import Content
from inspector.hooks.errors import HookError
from inspector.hooks.exchange import Exchange
from inspector.hooks.heads import start_of

_SITE = re.compile(r"https?://(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?")
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_IN_PATHS = "/!$&'()*+,;=:@~"


class Request(Content):
    """What the browser asks for. Change it in place; return a Response to answer in the site's place; `drop()` ends the connection."""

    def __init__(self, draft: Draft, exchange: Exchange) -> None:
        self.exchange = exchange
        """The exchange that it belongs to: its id, `note()`, and `state` to keep something for the response."""
        self.method, target, self._version = start_of(draft.head)
        self._elsewhere, self._target = _split(target)
        self._site = self._elsewhere or exchange.url[: _path_begins(exchange.url)]
        self._args: tuple[MultiDict[str, str], list[tuple[str, str]]] | None = None
        self._form: tuple[MultiDict[str, str], list[tuple[str, str]]] | None = None
        self._files: MultiDict[str, FileStorage] = MultiDict()
        super().__init__(draft)

    @property
    def url(self) -> str:
        """The whole address. Another site in it is asked in this one's place; the browser's address stays as it is."""
        self._settle_args()
        return self._site + (self._target if self._target.startswith("/") else "")

    @url.setter
    def url(self, url: str) -> None:
        address = iri_to_uri(url)
        begin = _path_begins(address)
        site = address[:begin].lower()
        if not _SITE.fullmatch(site):
            raise HookError(f"An address begins with http:// or https:// and a host; this one is {url!r}.")
        if site != self._site:
            self._site = self._elsewhere = site
        self._target, self._args = address[begin:].partition("#")[0] or "/", None
        if not self._target.startswith("/"):
            self._target = f"/{self._target}"

    @property
    def scheme(self) -> str:
        """http or https."""
        return urlsplit(self._site).scheme

    @property
    def host(self) -> str:
        """The site's host, with its port if that is in the address. Another one is asked in its place."""
        return urlsplit(self._site).netloc

    @host.setter
    def host(self, host: str) -> None:
        self.url = f"{self.scheme}://{host}{self._target}"

    @property
    def path(self) -> str:
        """The path, its escapes (%20) undone."""
        return unquote(self._target.partition("?")[0])

    @path.setter
    def path(self, path: str) -> None:
        if not path.startswith("/"):
            raise HookError(f"A path begins with a slash; this one is {path!r}.")
        self._settle_args()
        _, mark, query = self._target.partition("?")
        self._target = quote(path, safe=_IN_PATHS) + mark + query

    @property
    def query_string(self) -> str:
        """What follows the question mark, as it is written."""
        self._settle_args()
        return self._target.partition("?")[2]

    @property
    def args(self) -> MultiDict[str, str]:
        """The query's parameters; change them in place."""
        if self._args is None:
            read = _parameters(self._target.partition("?")[2])
            self._args = (read, list(read.items(multi=True)))
        return self._args[0]

    @property
    def form(self) -> MultiDict[str, str]:
        """The fields of a form that was sent; change them in place (not those of a form with files)."""
        if self._form is None:
            read: MultiDict[str, str] = MultiDict()
            if self.content_type == _FORM:
                read = _parameters(self.data.decode("utf-8", "replace"))
            elif self.content_type == _MULTIPART:
                read, self._files = self._multipart()
            self._form = (read, list(read.items(multi=True)))
        return self._form[0]

    @property
    def files(self) -> MultiDict[str, FileStorage]:
        """The files of a form, to read."""
        _ = self.form
        return self._files

    @property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """The cookies that are sent along, to read; to change them set headers["Cookie"]."""
        return ImmutableMultiDict(parse_cookie(self.headers.get("Cookie", "")))

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.url}>"

    def _multipart(self) -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
        environ: dict[str, Any] = {
            "wsgi.input": BytesIO(self.data), "REQUEST_METHOD": self.method, "CONTENT_LENGTH": str(len(self.data)),
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
        }  # fmt: skip
        _, form, files = parse_form_data(environ, stream_factory=lambda *_, **__: BytesIO())
        return MultiDict(form), MultiDict(files)

    def _set(self, data: bytes) -> None:
        super()._set(data)
        self._form = None

    def _forget_views(self) -> None:
        super()._forget_views()
        self._form = None

    def _settle(self) -> None:
        super()._settle()
        self._settle_args()
        if self._form is not None and list(self._form[0].items(multi=True)) != self._form[1]:
            if self.content_type == _MULTIPART:
                raise HookError("A form with files can be read, not changed: change request.data instead.")
            if self.content_type != _FORM:
                self.headers["Content-Type"] = _FORM
            self._set(urlencode(list(self._form[0].items(multi=True))).encode())

    def _settle_args(self) -> None:
        if self._args is None:
            return
        read, was = self._args
        now = list(read.items(multi=True))
        if now != was:
            path = self._target.partition("?")[0]
            self._target = f"{path}?{urlencode(now)}" if now else path
            self._args = (read, now)

    def _start_line(self) -> str:
        method = self.method
        if (
            not isinstance(method, str)
            or not method.isascii()
            or not method
            or not method.isprintable()
            or " " in method
        ):
            raise HookError(f"{method!r} is no method.")
        return f"{method} {self._elsewhere}{self._target} {self._version}"

    def _start_words(self) -> str:
        return f"now {self.method} {self._elsewhere}{self._target}"[:200]


def _parameters(query: str) -> MultiDict[str, str]:
    pairs = (each.partition("=") for each in query.split("&") if each)
    return MultiDict([(_plain(name), _plain(value)) for name, _, value in pairs])


def _plain(text: str) -> str:
    return unquote(text.replace("+", " "), errors="replace")


def _split(target: str) -> tuple[str, str]:
    """A request's target as scheme and host, where they stand there (another site was put in), and the rest."""
    if "://" not in target.partition("?")[0]:
        return "", target
    begin = _path_begins(target)
    return target[:begin], target[begin:] or "/"


def _path_begins(url: str) -> int:
    """Where the path of an address begins."""
    host = url.find("://") + 3
    places = [at for mark in "/?#" if (at := url.find(mark, host)) >= 0]
    return min(places, default=len(url))
