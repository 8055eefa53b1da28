"""Who calls with a token: `Authorization: Bearer TOKEN` instead of a browser's session."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Request, g, has_request_context

from inspector.store.tokens import Tokens
from inspector.web.api.scopes import SCOPES, Scope
from inspector.web.errors import Refusal
from inspector.web.tickets import Keys


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever brought a token that counts. `id` is empty for commands on this computer, which bring a pass instead."""

    id: str
    name: str
    scopes: frozenset[str]


class Bearers:
    """Which tokens count, and for what."""

    def __init__(self, tokens: Tokens, keys: Keys) -> None:
        self._tokens = tokens
        self._keys = keys

    def admit(self, text: str, scope: Scope) -> Bearer:
        """Who it is, if the token may do what needs this scope. Raises Refusal."""
        bearer = self._known(text)
        if bearer is None:
            raise Refusal(
                401,
                "Token not known",
                "The token does not count: it is mistyped, revoked, or its time is over.",
                "Make a new one with  inspector token make  or under Set-up, API tokens.",
                fields={"WWW-Authenticate": 'Bearer realm="Inspector", error="invalid_token"'},
            )
        if scope != "any" and scope not in bearer.scopes:
            raise Refusal(
                403,
                "Not with this token",
                f"This needs the scope {scope} ({SCOPES[scope]}), which the token “{bearer.name}” does not have.",
                f"Make one that has it:  inspector token make --name NAME --scope {scope}",
                fields={
                    "WWW-Authenticate": f'Bearer realm="Inspector", error="insufficient_scope", scope="{scope}"'
                },
            )
        return bearer

    def _known(self, text: str) -> Bearer | None:
        if self._keys.is_pass(text):
            return Bearer("", "a command on this computer", frozenset(SCOPES))
        token = self._tokens.of(text)
        return Bearer(token.id, token.name, frozenset(token.scopes)) if token else None


def given(request: Request) -> str | None:
    """The token that a request brings, if it brings one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def bearer_here() -> Bearer | None:
    """Who calls with a token right now; None for a browser's session."""
    found = g.get("bearer") if has_request_context() else None
    return found if isinstance(found, Bearer) else None
