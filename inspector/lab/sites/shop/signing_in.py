"""'Sign in with another site': the shop's half of OpenID Connect, by hand, so that each step can be read. The other half is the site `identity`.

1  The shop sends the browser to the other site, with a random `state` and `nonce`, and the hash of a random `verifier`   (begin)
2  There the visitor logs in and agrees; the browser is sent back with a `code`
3  The shop asks the other site for the tokens, from server to server: code, verifier and its own password                (finish)
4  It checks the ID token's signature and what it says, and asks for the visitor's name and address
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

CLIENT_ID = "leaf-and-kettle"
# A real shop keeps this out of its code. It proves to the other site that it is this shop which asks for the tokens.
CLIENT_SECRET = os.environ.get("SHOP_CLIENT_SECRET", "practice-secret-of-leaf-and-kettle")
SCOPE = "openid profile email"
_SECONDS = 10


class RefusedError(Exception):
    """Signing in came to nothing; the message says why, for the visitor."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in: `identity` is their name at the other site, which never changes and is never given to another."""

    identity: str
    email: str
    name: str


class Identity:
    """The other site, reached by `outside`."""

    def __init__(self, outside: requests.Session) -> None:
        self._outside = outside

    def begin(self, issuer: str, redirect_uri: str, session: MutableMapping[str, Any]) -> str:
        """Where to send the browser. What must be known again when it comes back is kept in the session."""
        verifier = secrets.token_urlsafe(48)
        kept = {"state": secrets.token_urlsafe(16), "nonce": secrets.token_urlsafe(16)}
        session["signing_in"] = {**kept, "verifier": verifier, "issuer": issuer, "redirect_uri": redirect_uri}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        question = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            **kept,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._metadata(issuer)['authorization_endpoint']}?{urlencode(question)}"

    def finish(self, arguments: MutableMapping[str, str], session: MutableMapping[str, Any]) -> Person:
        """Who it is. Raises RefusedError."""
        kept = session.pop("signing_in", None)
        if not kept or arguments.get("state") != kept["state"]:
            # Without `state`, an attacker could end *their* dance in *your* browser, and you would shop in their name.
            raise RefusedError("This was not begun here, or it was already finished. Please begin anew.")
        if "error" in arguments:
            raise RefusedError(
                arguments.get("error_description") or f"The other site said: {arguments['error']}."
            )
        metadata = self._metadata(kept["issuer"])
        tokens = self._tokens(metadata["token_endpoint"], arguments.get("code", ""), kept)
        claims = self._claims(metadata, tokens["id_token"], kept)
        about = self._get(metadata["userinfo_endpoint"], tokens["access_token"])
        if about.get("sub") != claims["sub"]:
            raise RefusedError("The other site told about somebody else.")
        # The issuer is part of who it is: another site may call somebody else the same. (Its scheme is left out only
        # because this shop and that site can be practised with over http as well.)
        issuer = str(claims["iss"]).partition("://")[2]
        return Person(f"{issuer} {claims['sub']}", str(about.get("email", "")), str(about.get("name", "")))

    def _metadata(self, issuer: str) -> dict[str, Any]:
        """Where everything is at the other site: it says so itself, at an address that is the same everywhere."""
        metadata = self._get(f"{issuer}/.well-known/openid-configuration")
        if metadata.get("issuer") != issuer:
            raise RefusedError("The other site gives another name than the one it was asked by.")
        return metadata

    def _tokens(self, endpoint: str, code: str, kept: dict[str, str]) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": kept["redirect_uri"],
            "code_verifier": kept["verifier"],
        }
        return self._ask("POST", endpoint, data=form, auth=(CLIENT_ID, CLIENT_SECRET))

    def _claims(self, metadata: dict[str, Any], id_token: str, kept: dict[str, str]) -> dict[str, Any]:
        """What the ID token says, once its signature, sender, receiver, age and nonce are right."""
        try:
            keys = KeySet.import_key_set(self._get(metadata["jwks_uri"]))  # type: ignore[arg-type]  # its own checks follow
            token = jwt.decode(id_token, keys, algorithms=["RS256"])
            jwt.JWTClaimsRegistry(
                leeway=30,
                iss={"essential": True, "value": kept["issuer"]},
                aud={"essential": True, "value": CLIENT_ID},
                nonce={"essential": True, "value": kept["nonce"]},
                exp={"essential": True},
                sub={"essential": True},
            ).validate(token.claims)
        except (JoseError, ValueError) as error:
            raise RefusedError(f"The ID token is not right: {error}") from error
        return dict(token.claims)

    def _get(self, url: str, token: str = "") -> dict[str, Any]:
        return self._ask("GET", url, headers={"Authorization": f"Bearer {token}"} if token else {})

    def _ask(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        try:
            response = self._outside.request(method, url, timeout=_SECONDS, allow_redirects=False, **more)
            answer = response.json()
        except (requests.RequestException, ValueError) as error:
            raise RefusedError(f"The other site could not be asked: {type(error).__name__}.") from error
        if response.status_code != 200 or not isinstance(answer, dict):
            said = (
                answer.get("error_description") or answer.get("error", "") if isinstance(answer, dict) else ""
            )
            raise RefusedError(f"The other site answered {response.status_code}. {said}".strip())
        return answer
