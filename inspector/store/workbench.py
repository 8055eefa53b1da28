"""What people keep to send again: drafts, which exchanges came of which, and the sites that are opened here. Rows of the control database.

It is made at first need. What was sent is in the captures; here stands only what it was made from.
"""

from __future__ import annotations

import secrets
import threading
import time
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from inspector.store.database import control_path, immediate, open_engine, prepare
from inspector.store.schema import draft, opened_site, sent

MOST_DRAFTS = 100
MOST_SENT = 5000
MOST_SITES = 300


class DraftRow(NamedTuple):
    """A draft as it is kept. `content` is what `compose.draft` makes of it; `exchange` what was made of it last, empty: not sent yet."""

    id: str
    changed: float
    content: bytes
    exchange: bytes


class SiteRow(NamedTuple):
    """A site that is opened here: under which label, where it is, the secret that opens it, when it was last opened."""

    label: str
    scheme: str
    host: str
    port: int
    secret: str
    used: float


class Workbench:
    """Safe to use from many threads."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._made: sa.Engine | None = None
        self._making = threading.Lock()

    @property
    def _engine(self) -> sa.Engine:
        with self._making:
            if self._made is None:
                prepare("control", control_path(self._home))
                self._made = open_engine(control_path(self._home))
            return self._made

    def close(self) -> None:
        """Give the connections back."""
        if self._made is not None:
            self._made.dispose()

    # -- drafts

    def drafts(self, limit: int = 30) -> tuple[DraftRow, ...]:
        """The drafts changed last."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(draft).order_by(draft.c.changed.desc()).limit(limit)).all()
        return tuple(DraftRow(*row) for row in rows)

    def draft(self, id: str) -> DraftRow | None:
        """One draft."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(draft).where(draft.c.id == id)).first()
        return DraftRow(*row) if row else None

    def keep_draft(self, content: bytes, id: str = "", exchange: bytes = b"") -> str:
        """Keep a draft, a new one without an id; its id. The oldest go when there are too many."""
        now = time.time()
        with self._engine.connect() as connection, immediate(connection):
            values = {"changed": now, "content": content} | ({"exchange": exchange} if exchange else {})
            if id and connection.execute(draft.update().where(draft.c.id == id).values(values)).rowcount:
                return id
            new = secrets.token_hex(6)
            connection.execute(draft.insert().values(id=new, changed=now, content=content, exchange=exchange))
            kept = sa.select(draft.c.id).order_by(draft.c.changed.desc()).limit(MOST_DRAFTS)
            connection.execute(draft.delete().where(draft.c.id.not_in(kept)))
            return new

    def remove_draft(self, id: str) -> None:
        """Throw a draft away."""
        with self._engine.connect() as connection:
            connection.execute(draft.delete().where(draft.c.id == id))

    # -- what was sent

    def note_sent(self, exchange: bytes, parent: bytes) -> None:
        """Remember that this exchange was made from that one (empty: from nothing)."""
        with self._engine.connect() as connection, immediate(connection):
            connection.execute(
                sent.insert().prefix_with("OR IGNORE").values(exchange=exchange, parent=parent)
            )
            kept = sa.select(sent.c.exchange).order_by(sent.c.exchange.desc()).limit(MOST_SENT)
            connection.execute(sent.delete().where(sent.c.exchange.not_in(kept)))

    def sent(self, limit: int = 30) -> tuple[bytes, ...]:
        """What was sent last, the newest first."""
        asked = sa.select(sent.c.exchange).order_by(sent.c.exchange.desc()).limit(limit)
        with self._engine.connect() as connection:
            return tuple(connection.execute(asked).scalars())

    def made_from(self, parent: bytes, limit: int = 50) -> tuple[bytes, ...]:
        """The exchanges that were made from this one, oldest first."""
        asked = sa.select(sent.c.exchange).where(sent.c.parent == parent).order_by(sent.c.exchange).limit(limit)  # fmt: skip
        with self._engine.connect() as connection:
            return tuple(connection.execute(asked).scalars())

    def forget(self) -> None:
        """With the captures goes what was made from them."""
        with self._engine.connect() as connection, immediate(connection):
            connection.execute(sent.delete())
            connection.execute(draft.delete())

    # -- sites opened here

    def sites(self) -> tuple[SiteRow, ...]:
        """All of them, the one opened last first."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(opened_site).order_by(opened_site.c.used.desc())).all()
        return tuple(SiteRow(*row) for row in rows)

    def keep_site(self, site: SiteRow) -> None:
        """Keep a site, or when it was opened last. Those not used for longest go when there are too many."""
        with self._engine.connect() as connection, immediate(connection):
            connection.execute(opened_site.delete().where(opened_site.c.label == site.label))
            connection.execute(opened_site.insert().values(site._asdict()))
            kept = sa.select(opened_site.c.label).order_by(opened_site.c.used.desc()).limit(MOST_SITES)
            connection.execute(opened_site.delete().where(opened_site.c.label.not_in(kept)))

    def remove_site(self, label: str) -> None:
        """Close a site: its name leads nowhere any more."""
        with self._engine.connect() as connection:
            connection.execute(opened_site.delete().where(opened_site.c.label == label))
