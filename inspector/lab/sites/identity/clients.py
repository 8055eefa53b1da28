"""Which sites may ask who somebody is: each is registered, with a password of its own and the addresses that codes may be sent to.

The addresses are compared letter by letter. If any would do, an attacker would begin the dance with an address of his own and get the code.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass

from ..basics.neighbours import COPY, HOSTS

# Method names and shapes are Authlib's (its ClientMixin), which is what it asks a client.


@dataclass(frozen=True, slots=True)
class Client:
    """A registered site. `scopes` is what it may ask about."""

    client_id: str
    name: str
    secret: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...] = ("openid", "profile", "email")

    @property
    def client_metadata(self) -> dict[str, str]:
        return {}

    @property
    def id_token_signed_response_alg(self) -> str:
        return "RS256"

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(each for each in (scope or "").split() if each in self.scopes)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return hmac.compare_digest(client_secret.encode(), self.secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in {"client_secret_basic", "client_secret_post"}

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


def known() -> dict[str, Client]:
    """All registered sites, by their id."""
    origins = [os.environ.get("SHOP_URL", "")]
    origins += [f"{scheme}://{host}" for host in (HOSTS["shop"], COPY) for scheme in ("https", "http")]
    shop = Client(
        "leaf-and-kettle",
        "Leaf & Kettle",
        os.environ.get("SHOP_CLIENT_SECRET", "practice-secret-of-leaf-and-kettle"),
        tuple(f"{origin}/log-in/identity/back" for origin in origins if origin),
    )
    return {shop.client_id: shop}
