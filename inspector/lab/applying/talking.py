"""Signed requests to the authority (RFC 8555 §6): the address, a nonce and the account are part of what is signed."""

from __future__ import annotations

import json
from typing import Any

import requests
from joserfc import jws
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from inspector.lab.applying.keeping import Application
from inspector.lab.sites.outside import through_proxy

SECONDS = 20
AGENT = "Inspector practice applicant (ACME)"
_REGISTRY = JWSRegistry(algorithms=["ES256"], strict_check_header=False)


class TroubleError(Exception):
    """A step did not succeed; the message says why. `kind` is the authority's word for it, where it was the authority."""

    def __init__(self, sentence: str, kind: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind


class Talk:
    """With one authority, through `proxy`, believing `authority`'s certificate file."""

    def __init__(self, application: Application, proxy: str, authority: str) -> None:
        self._application = application
        self._session = through_proxy(proxy, authority)
        self._session.headers["User-Agent"] = AGENT

    def close(self) -> None:
        self._session.close()

    def get(self, url: str) -> requests.Response:
        return self._ask("GET", url)

    def post(self, url: str, payload: dict[str, Any] | None) -> requests.Response:
        """Signed; without a payload it asks only how things are (POST-as-GET). A nonce that got too old is replaced once."""
        try:
            return self._post(url, payload)
        except TroubleError as trouble:
            if trouble.kind != "badNonce":
                raise
            return self._post(url, payload)

    def _post(self, url: str, payload: dict[str, Any] | None) -> requests.Response:
        state = self._application
        if not state.nonce:
            self._ask("HEAD", state.directory["newNonce"])
        key = ECKey.import_key(state.account_key)
        header: dict[str, Any] = {"alg": "ES256", "nonce": state.nonce, "url": url}
        header |= {"kid": state.account} if state.account else {"jwk": key.as_dict(private=False)}
        state.nonce = ""
        body = "" if payload is None else json.dumps(payload)
        signed = jws.serialize_json({"protected": header}, body, key, registry=_REGISTRY)
        return self._ask("POST", url, json.dumps(signed))

    def _ask(self, method: str, url: str, body: str | None = None) -> requests.Response:
        fields = {"Content-Type": "application/jose+json"} if body is not None else {}
        try:
            answer = self._session.request(
                method, url, data=body, headers=fields, timeout=SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            raise TroubleError(f"{url} could not be asked: {type(error).__name__}.") from error
        self._application.nonce = answer.headers.get("Replay-Nonce", "")
        if answer.ok:
            return answer
        try:
            told = answer.json()
            kind, why = str(told["type"]).rpartition(":")[2], str(told["detail"])
        except (ValueError, KeyError, TypeError):
            kind, why = "", f"{url} was answered with status {answer.status_code}."
        raise TroubleError(why, kind)
