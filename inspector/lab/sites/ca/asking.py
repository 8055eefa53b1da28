"""Fetches the answer to a challenge from the site itself (http-01, RFC 8555 §8.3). It goes through Inspector, so it can be watched."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import requests

from .problems import Problem

SECONDS = 10
MOST_HOPS = 10
MOST_BYTES = 1000
DOMAIN = "inspector.test"
AGENT = "Inspector practice authority (ACME http-01)"


def is_ours(name: str) -> bool:
    """Whether this authority has anything to do with a name: it asks nobody else's server for anything."""
    return name.endswith(f".{DOMAIN}")


class Asking:
    """By `outside`, which goes through the proxy."""

    def __init__(self, outside: requests.Session) -> None:
        self._outside = outside

    def check(self, name: str, token: str, thumbprint: str) -> None:
        """Whether the site called `name` has the answer. Raises Problem."""
        url = f"http://{name}/.well-known/acme-challenge/{token}"
        status, said = self._fetch(url)
        if status != 200:
            raise Problem("unauthorized", f"{url} was answered with status {status}; the file is not there.")
        # RFC 8555 §8.3: "The server SHOULD ignore whitespace characters at the end of the body."
        if said.rstrip() != f"{token}.{thumbprint}".encode():
            raise Problem("incorrectResponse", f"What {url} says is not the answer that was asked for.")

    def _fetch(self, url: str) -> tuple[int, bytes]:
        for _ in range(MOST_HOPS):
            parts = urlsplit(url)
            if not is_ours(parts.hostname or "") or parts.scheme not in {"http", "https"} or parts.netloc != parts.hostname:  # fmt: skip
                raise Problem("connection", f"The site leads to {url[:200]}, and this authority does not go there.")  # fmt: skip
            try:
                with self._outside.get(
                    url, timeout=SECONDS, allow_redirects=False, stream=True, headers={"User-Agent": AGENT, "Accept": "*/*"}
                ) as answer:  # fmt: skip
                    if answer.is_redirect:
                        url = urljoin(url, answer.headers["Location"])
                        continue
                    return answer.status_code, next(answer.iter_content(MOST_BYTES), b"")
            except (requests.RequestException, ValueError) as error:
                raise Problem("connection", f"{url} could not be fetched: {type(error).__name__}.") from error
        raise Problem("connection", f"There were more than {MOST_HOPS} redirects.")
