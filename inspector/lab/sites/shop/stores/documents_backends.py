"""Two places for documents with the same few methods: MongoDB, and a small embedded store that understands the same filters and changes."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from .embedded import JsonFile

Document = dict[str, Any]


class Documents(Protocol):
    """`where` is a filter as MongoDB has them, {"kind": "tea", "stock": {"$gte": 2}}; `change` is {"$set": …}, {"$inc": …}, {"$push": …}."""

    program: str

    def find(
        self, collection: str, where: Document, sort: list[tuple[str, int]], limit: int
    ) -> list[Document]: ...

    def insert(self, collection: str, documents: list[Document]) -> None: ...

    def update(self, collection: str, where: Document, change: Document, *, upsert: bool) -> int:
        """Change the first that matches, or make one if none does and `upsert`; how many were changed or made."""

    def delete(self, collection: str, where: Document) -> int: ...

    def count(self, collection: str) -> int: ...

    def collections(self) -> list[str]: ...


class MongoDocuments:
    """A MongoDB database, by pymongo."""

    def __init__(self, url: str) -> None:
        from pymongo import MongoClient  # noqa: PLC0415 (only where somebody has a MongoDB)

        self._client: Any = MongoClient(
            url, serverSelectionTimeoutMS=2000, connectTimeoutMS=2000, socketTimeoutMS=5000
        )
        self._database: Any = self._client.get_default_database("practice_shop")
        self.program = f"MongoDB {self._client.server_info()['version']}"

    def find(
        self, collection: str, where: Document, sort: list[tuple[str, int]], limit: int
    ) -> list[Document]:
        found = self._database[collection].find(where).limit(limit)
        return list(found.sort(sort) if sort else found)

    def insert(self, collection: str, documents: list[Document]) -> None:
        self._database[collection].insert_many(copy.deepcopy(documents))

    def update(self, collection: str, where: Document, change: Document, *, upsert: bool) -> int:
        done = self._database[collection].update_one(where, change, upsert=upsert)
        return int(done.matched_count) + (1 if done.upserted_id is not None else 0)

    def delete(self, collection: str, where: Document) -> int:
        return int(self._database[collection].delete_many(where).deleted_count)

    def count(self, collection: str) -> int:
        return int(self._database[collection].count_documents({}))

    def close(self) -> None:
        self._client.close()

    def collections(self) -> list[str]:
        return sorted(self._database.list_collection_names())


class EmbeddedDocuments:
    """Lists of documents in one JSON file. A filter is tried on every document: without an index a database does the same."""

    program = "an embedded document store (no MongoDB server is set up)"

    def __init__(self, path: Path) -> None:
        self._file = JsonFile(path)

    def find(
        self, collection: str, where: Document, sort: list[tuple[str, int]], limit: int
    ) -> list[Document]:
        with self._file.reading() as content:
            found = [each for each in content.get(collection, []) if matches(each, where)]
            for name, direction in reversed(sort):
                found.sort(key=partial(value_of, name=name), reverse=direction < 0)
            return copy.deepcopy(found[:limit] if limit else found)

    def insert(self, collection: str, documents: list[Document]) -> None:
        with self._file.changing() as content:
            content.setdefault(collection, []).extend(copy.deepcopy(documents))

    def update(self, collection: str, where: Document, change: Document, *, upsert: bool) -> int:
        with self._file.changing() as content:
            documents = content.setdefault(collection, [])
            document = next((each for each in documents if matches(each, where)), None)
            if document is None:
                if not upsert:
                    return 0
                document = dict(where)
                documents.append(document)
            apply(document, change)
            return 1

    def delete(self, collection: str, where: Document) -> int:
        with self._file.changing() as content:
            before = content.get(collection, [])
            content[collection] = [each for each in before if not matches(each, where)]
            return len(before) - len(content[collection])

    def count(self, collection: str) -> int:
        with self._file.reading() as content:
            return len(content.get(collection, []))

    def collections(self) -> list[str]:
        with self._file.reading() as content:
            return sorted(content)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "$gte": lambda value, wanted: value is not None and value >= wanted,
    "$gt": lambda value, wanted: value is not None and value > wanted,
    "$lte": lambda value, wanted: value is not None and value <= wanted,
    "$lt": lambda value, wanted: value is not None and value < wanted,
    "$ne": lambda value, wanted: value != wanted,
    "$in": lambda value, wanted: value in wanted,
    "$regex": lambda value, wanted: (
        isinstance(value, str) and re.search(wanted, value, re.IGNORECASE) is not None
    ),
}


def matches(document: Document, where: Document) -> bool:
    """Whether a document passes a filter. Upper and lower case are the same to `$regex`."""
    for name, wanted in where.items():
        if name == "$or":
            if not any(matches(document, each) for each in wanted):
                return False
            continue
        value = value_of(document, name)
        tests = wanted if isinstance(wanted, dict) else {}
        if tests and not all(_COMPARE[test](value, tests[test]) for test in tests if test != "$options"):
            return False
        if not tests and value != wanted:
            return False
    return True


def value_of(document: Document, name: str) -> Any:
    """`lines.slug` is the field `slug` in the document that is the field `lines`."""
    value: Any = document
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def apply(document: Document, change: Document) -> None:
    """Change a document in place."""
    for operator, fields in change.items():
        for name, value in fields.items():
            *path, last = name.split(".")
            inside = document
            for part in path:
                inside = inside.setdefault(part, {})
            if operator == "$set":
                inside[last] = copy.deepcopy(value)
            elif operator == "$unset":
                inside.pop(last, None)
            elif operator == "$inc":
                inside[last] = inside.get(last, 0) + value
            elif operator == "$push":
                inside.setdefault(last, []).append(copy.deepcopy(value))
            else:
                raise ValueError(f"The embedded store does not know {operator}.")
