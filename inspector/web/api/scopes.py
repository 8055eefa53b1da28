"""What a token may do. A scope is a word that a person can judge when ticking it; each route of the API needs one."""

from __future__ import annotations

from typing import Literal

Scope = Literal[
    "read", "secrets", "send", "captures", "rules", "hold", "certificates", "settings", "admin", "any"
]

# `any` is what every token may: it is never given, so it is not in the table.
SCOPES: dict[Scope, str] = {
    "read": "see what was captured, the rules and how Inspector is; secrets are replaced by marks",
    "secrets": "with read: see passwords, cookies and tokens as they are",
    "send": "send requests to any site and into this network, also captured ones with their secrets",
    "captures": "mark, delete, bring back and import exchanges",
    "rules": "make, change and remove rules, which can also answer with files of this computer, and send requests with their secrets elsewhere",
    "hold": "decide what becomes of held messages: change them, answer them, send them elsewhere with their secrets",
    "certificates": "make certificates of your authority, with their keys",
    "settings": "switch capturing, choose what is left encrypted, start and reset practice sites",
    "admin": "make and revoke tokens, and so everything",
}
