"""One-time sign-in links, and the secret they are signed with.

Whoever can read the home may sign in: `inspector open` is another process of the same user and mints a link from the
secret in HOME/run, without talking to the server. A link works once. That it was used is a file
made with O_EXCL, so it holds over restarts and between processes.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
import time
from pathlib import Path
from typing import Literal

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

LIFETIME = 12 * 3600
PASS = "insp-pass."  # noqa: S105 (a prefix, no secret)
PASS_LIFETIME = 300
_SECRET_BYTES = 32

Outcome = Literal["good", "used", "expired", "wrong"]


class Keys:
    """What is derived from a home's secret. `home_id` names the home in the cookie: two instances don't fight over one."""

    __slots__ = ("_run", "_secret", "home_id")

    def __init__(self, run: Path, secret: bytes) -> None:
        self._run = run
        self._secret = secret
        self.home_id = self._derive("home").hex()[:8]

    @classmethod
    def load_or_create(cls, run: Path) -> Keys:
        """The keys of the home whose run folder is `run`; its secret is made, readable by its owner alone, if there is none."""
        path = run / "web-secret"
        secret = _read_secret(path)
        if secret is None:
            _write_secret(path)
            secret = _read_secret(path)
        if secret is None:
            raise OSError(f"The sign-in secret {path} cannot be read; delete it and start Inspector again.")
        return cls(run, secret)

    def _derive(self, purpose: str) -> bytes:
        return hashlib.blake2b(
            purpose.encode(), key=self._secret, digest_size=32, person=b"inspector-web"
        ).digest()

    @property
    def session_key(self) -> bytes:
        """What Flask signs the session cookie with."""
        return self._derive("session")

    @property
    def cookie_name(self) -> str:
        """The dashboard's cookie. The engine strips every cookie whose name begins like this from what it forwards."""
        return f"inspector-session-{self.home_id}"

    @property
    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            self._derive("ticket"), salt="sign-in", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def mint_pass(self) -> str:
        """What a command of this home brings to the API in a token's place, for five minutes: who can read the home may do everything."""
        return PASS + str(self._passes.dumps(secrets.token_urlsafe(9)))

    def is_pass(self, text: str) -> bool:
        """Whether it is one, and still counts."""
        try:
            self._passes.loads(text.removeprefix(PASS), max_age=PASS_LIFETIME)
        except BadSignature:  # SignatureExpired is one, too
            return False
        return text.startswith(PASS)

    @property
    def _passes(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            self._derive("pass"), salt="api", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def mint(self) -> str:
        """A new ticket, good for one sign-in within 12 hours."""
        return str(self._signer.dumps(secrets.token_urlsafe(9)))

    def redeem(self, ticket: str) -> Outcome:
        """Use up a ticket. Only one of any number of callers is told `good`."""
        try:
            nonce = self._signer.loads(ticket, max_age=LIFETIME)
        except SignatureExpired:
            return "expired"
        except BadSignature:
            return "wrong"
        return "good" if self._claim(str(nonce)) else "used"

    def _claim(self, nonce: str) -> bool:
        folder = self._run / "used-tickets"
        folder.mkdir(mode=0o700, exist_ok=True)
        _sweep(folder)
        try:
            (folder / nonce).touch(mode=0o600, exist_ok=False)
        except FileExistsError:
            return False
        return True


def sign_in_url(run: Path, base: str) -> str:
    """A fresh one-time link to the dashboard at `base` (`http://inspector.localhost:8081`)."""
    return f"{base.rstrip('/')}/sign-in?ticket={Keys.load_or_create(run).mint()}"


def _sweep(folder: Path) -> None:
    """Forget tickets that have expired anyway."""
    limit = time.time() - LIFETIME - 60
    for entry in folder.iterdir():
        if entry.stat().st_mtime < limit:
            entry.unlink(missing_ok=True)


def _read_secret(path: Path) -> bytes | None:
    try:
        secret = bytes.fromhex(path.read_text("ascii").strip())
    except (FileNotFoundError, ValueError):
        return None
    return secret if len(secret) == _SECRET_BYTES else None


def _write_secret(path: Path) -> None:
    """Whole or not at all, and never over one that another process has just made."""
    handle, name = tempfile.mkstemp(prefix=".web-secret-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_SECRET_BYTES))
        if path.exists() and _read_secret(path) is None:
            path.unlink()
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink(missing_ok=True)
