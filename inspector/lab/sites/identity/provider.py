"""The protocol: OAuth 2's authorization code with PKCE (RFC 6749, RFC 7636), and OpenID Connect on top. Authlib does the work; here is
what it must be told: where codes and tokens are kept, who the clients are, what is said about a person, and with which key it is signed.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, current_app, request
from joserfc.jwk import RSAKey

from ..basics.sqlite import database
from . import people
from .clients import Client, known
from .people import Person

CODE_LASTS = 60
TOKEN_LASTS = 600
MOST_KEPT = 500

server = AuthorizationServer()
only_with_token = ResourceProtector()


def register(app: Flask, folder: Path) -> None:
    """Make the app a provider."""
    # OAuth forbids plain http, and Authlib sees to it. Here both are played, so that one can see why.
    os.environ.setdefault("AUTHLIB_INSECURE_TRANSPORT", "1")
    app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"authorization_code": TOKEN_LASTS}
    app.extensions["signing_key"] = signing_key(folder / "signing-key.json")
    server.init_app(app, query_client=lambda client_id: known().get(client_id), save_token=_save_token)
    server.register_grant(CodeGrant, [CodeChallenge(required=True), AboutPerson(require_nonce=False)])
    only_with_token.register_token_validator(Tokens())


def issuer() -> str:
    """This site's name in every token: its origin, as it was asked for."""
    return request.host_url.rstrip("/")


def signing_key(path: Path) -> RSAKey:
    """The key that ID tokens are signed with, made once. Its public half is at /oauth/keys, for all to check the signature."""
    if path.exists():
        return RSAKey.import_key(json.loads(path.read_text(encoding="ascii")))
    key = RSAKey.generate_key(2048, parameters={"use": "sig"}, auto_kid=True)
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii"
    ) as file:
        json.dump(key.as_dict(private=True), file)
    return key


# --- codes -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Code:
    """A row of `codes`, in the shape that Authlib asks."""

    code: str
    client: str
    sub: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    made: int

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.made

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    """Where codes are kept: in a table, until they are used or a minute old."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def save_authorization_code(self, code: str, request: Any) -> None:
        data = request.payload.data
        row = (
            code, request.client.client_id, request.user.sub, request.payload.redirect_uri, request.payload.scope,
            data.get("nonce"), data.get("code_challenge"), data.get("code_challenge_method"), int(time.time()),
        )  # fmt: skip
        with database() as connection:
            connection.execute("DELETE FROM codes WHERE made < ?", (int(time.time()) - CODE_LASTS,))
            connection.execute("INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        sql = "SELECT * FROM codes WHERE code = ? AND client = ? AND made >= ?"
        row = database().execute(sql, (code, client.client_id, int(time.time()) - CODE_LASTS)).fetchone()
        return Code(*row) if row else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        with database() as connection:
            connection.execute("DELETE FROM codes WHERE code = ?", (authorization_code.code,))

    def authenticate_user(self, authorization_code: Code) -> Person | None:
        return people.find(database(), authorization_code.sub)


class AboutPerson(OpenIDCode):  # type: ignore[misc]  # Authlib has no types
    """What stands in an ID token, and the key it is signed with."""

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return database().execute("SELECT 1 FROM codes WHERE nonce = ?", (nonce,)).fetchone() is not None

    def resolve_client_private_key(self, client: Client) -> Any:
        return current_app.extensions["signing_key"]

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": "RS256", "kid": current_app.extensions["signing_key"].kid}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": issuer(), "aud": client.client_id, "exp": int(time.time()) + TOKEN_LASTS}

    def generate_user_info(self, user: Person, scope: str) -> UserInfo:
        return UserInfo(sub=user.sub)  # name and address are asked for with the access token


# --- tokens ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Token:
    """A row of `tokens`, in the shape that Authlib asks."""

    token: str
    client: str
    sub: str
    scope: str
    made: int
    lasts: int

    def get_scope(self) -> str:
        return self.scope

    def is_expired(self) -> bool:
        return self.made + self.lasts < time.time()

    def is_revoked(self) -> bool:
        return False


class Tokens(BearerTokenValidator):  # type: ignore[misc]  # Authlib has no types
    """Whoever bears the token gets in: that is what bearer means, and why it must not be seen on the way."""

    def authenticate_token(self, token_string: str) -> Token | None:
        row = database().execute("SELECT * FROM tokens WHERE token = ?", (token_string,)).fetchone()
        return Token(*row) if row else None


def _save_token(token: dict[str, Any], request: Any) -> None:
    now = int(time.time())
    row = (
        token["access_token"],
        request.client.client_id,
        request.user.sub,
        token["scope"],
        now,
        token["expires_in"],
    )
    with database() as connection:
        connection.execute("DELETE FROM tokens WHERE made + lasts < ?", (now,))
        connection.execute("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?)", row)
        oldest = "SELECT token FROM tokens ORDER BY made DESC LIMIT -1 OFFSET ?"
        connection.execute(f"DELETE FROM tokens WHERE token IN ({oldest})", (MOST_KEPT,))  # noqa: S608 (no stranger's words in it)


def about(person: Person, scope: str) -> dict[str, str]:
    """What a client is told, by what it asked for and the person agreed to."""
    said = {"sub": person.sub}
    if "profile" in scope.split():
        said["name"] = person.name
    if "email" in scope.split():
        said["email"] = person.email
    return said
