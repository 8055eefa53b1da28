"""How one practice site speaks with another from server to server, as the shop does with the site that people sign in with."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse
from werkzeug.test import Client

Apps = Mapping[str, Callable[..., Any]]


def through_proxy(proxy: str, authority: str) -> requests.Session:
    """By way of Inspector, so that it is captured like anything else."""
    session = requests.Session()
    session.trust_env = False
    session.proxies = {"http": proxy, "https": proxy}
    session.verify = authority or True
    return session


class Within(BaseAdapter):
    """Carries requests to apps of this process without any network, where there is no proxy to show them."""

    def __init__(self, apps: Apps) -> None:
        super().__init__()
        self._apps = apps

    def session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.mount("http://", self)
        session.mount("https://", self)
        return session

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]  # no network, so no options of one
        url = urlsplit(request.url or "")
        app = self._apps.get(url.netloc)
        if app is None:
            raise requests.ConnectionError(f"{url.netloc} is no practice site")
        answer = Client(app).open(
            request.path_url,
            base_url=f"{url.scheme}://{url.netloc}",
            method=request.method,
            headers=list(request.headers.items()),
            data=request.body or b"",
        )
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers.update(answer.headers)
        response.url = request.url or ""
        response.request = request
        response.raw = HTTPResponse(
            io.BytesIO(answer.get_data()), status=answer.status_code, preload_content=False
        )
        return response

    def close(self) -> None:
        """Nothing is open."""
