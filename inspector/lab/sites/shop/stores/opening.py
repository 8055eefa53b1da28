"""Opens the stores: servers where the settings name some, else files in the shop's folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import create_engine

from . import Store
from .documents import DocumentStore
from .documents_backends import EmbeddedDocuments, MongoDocuments
from .guard import guarded
from .keys import KeyStore
from .keys_backends import EmbeddedKeys, RedisKeys
from .relational import Relational
from .together import Together

SQL, MONGO, REDIS = "SHOP_SQL_URL", "SHOP_MONGO_URL", "SHOP_REDIS_URL"
_SECONDS = 3


def open_stores(folder: Path, settings: Mapping[str, str] = os.environ) -> Together:
    """Open all three. One whose server is away is left out and said to be missing; without the tables there is no shop."""
    relational = open_relational(folder, settings.get(SQL, ""))
    stores: dict[str, Store] = {"tables": relational}
    missing: dict[str, str] = {}
    others: dict[str, Callable[[], Store]] = {
        "documents": lambda: DocumentStore(_documents(folder, settings.get(MONGO, ""))),
        "keys": lambda: KeyStore(_keys(folder, settings.get(REDIS, ""))),
    }
    for name, opens in others.items():
        try:
            stores[name] = opens()
        except Exception as error:  # noqa: BLE001 (each driver has exceptions of its own)
            missing[name] = f"{type(error).__name__}: {str(error)[:200]}"
    return Together(stores, missing)


def open_relational(folder: Path, url: str) -> Relational:
    """PostgreSQL or MySQL by URL, or a SQLite file of the shop's own."""
    connect = {"connect_timeout": _SECONDS}
    engine = create_engine(url, pool_pre_ping=True, connect_args=connect) if url else guarded(folder / "shop.sqlite")  # fmt: skip
    try:
        return Relational(engine)
    except BaseException:
        engine.dispose()
        raise


def _documents(folder: Path, url: str) -> MongoDocuments | EmbeddedDocuments:
    return MongoDocuments(url) if url else EmbeddedDocuments(folder / "documents.json")


def _keys(folder: Path, url: str) -> RedisKeys | EmbeddedKeys:
    return RedisKeys(url) if url else EmbeddedKeys(folder / "keys.json")
