"""What the lab answers: its first page, a page for each case, and the files that certificates point to."""

from __future__ import annotations

from inspector.lab.badtls.cases import BY_LABEL, DOMAIN
from inspector.lab.badtls.kept import Kept
from inspector.lab.badtls.pages import Pages
from inspector.lab.talk import Answer, Request

_MEDIA = {
    "cer": "application/pkix-cert",  # RFC 2585 §3
    "crl": "application/pkix-crl",
    "pem": "application/x-pem-file",
    "p12": "application/x-pkcs12",
}
_DOWNLOADS = frozenset({"pem", "p12"})
_SAFE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
)


class BadTls:
    """The lab's sites, all of them: a function from request to answer."""

    def __init__(self, kept: Kept, pages: Pages) -> None:
        self._kept = kept
        self._pages = pages
        self._short = {"/crl": "/crl/intermediate.crl", "/intermediate.cer": "/ca/intermediate.cer"}

    def __call__(self, request: Request) -> Answer:
        if request.tls is not None and request.tls.sni not in {"", request.host}:
            # RFC 9110 §15.5.20: "the server is not able to produce an authoritative response for the target URI"
            return self._page(421, "misdirected", host=request.host, sni=request.tls.sni)
        if request.host == DOMAIN:
            return self._front(request)
        case = (
            BY_LABEL.get(request.host.removesuffix(f".{DOMAIN}")) if request.host.endswith(DOMAIN) else None
        )
        if case is None:
            return self._page(404, "nobody", host=request.host)
        if request.path != "/":
            return self._page(404, "not-found", path=request.path)
        if request.tls is None:
            return self._page(200, "over-http", case=case)
        return self._page(200, "case", case=case, tls=request.tls)

    def _front(self, request: Request) -> Answer:
        path = self._short.get(request.path, request.path)
        content = self._kept.files.get(path)
        if content is not None:
            return _file(path, content)
        if path != "/":
            return self._page(404, "not-found", path=path)
        return self._page(200, "first")

    def _page(self, status: int, name: str, **context: object) -> Answer:
        body, policy = self._pages.render(f"badtls/{name}", context)
        headers = (("Content-Security-Policy", policy), *_SAFE)
        return Answer(body, "text/html; charset=utf-8", status, headers)


def _file(path: str, content: bytes) -> Answer:
    name = path.rpartition("/")[2]
    kind = name.rpartition(".")[2]
    headers: tuple[tuple[str, str], ...] = _SAFE
    if kind in _DOWNLOADS:
        headers = (("Content-Disposition", f'attachment; filename="{name}"'), *_SAFE)
    return Answer(content, _MEDIA[kind], headers=headers)
