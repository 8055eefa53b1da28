"""Real database servers for tests, each in a folder of its own and reached by a socket in it; and a stand-in for MongoDB's, which Debian does not have."""

from __future__ import annotations

import os
import re
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import bson
import pytest

PATIENCE = 60.0


def _program(*names: str) -> str:
    """Its path, also where it lies outside of PATH; or the test is skipped."""
    for name in names:
        found = shutil.which(name) or shutil.which(f"/usr/sbin/{name}")
        more = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
        if found or more:
            return found or str(more[-1])
    pytest.skip(f"{names[0]} is not installed")


@contextmanager
def _server(command: list[str], folder: Path, user: str | None = None) -> Iterator[subprocess.Popen[bytes]]:
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=user
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)
        log.close()


def _until_it_answers(process: subprocess.Popen[bytes], folder: Path, ask: Any) -> None:
    ends = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None, (folder / "log").read_text(errors="replace")[-2000:]
        with suppress(Exception):
            ask()
            return
        assert time.monotonic() < ends, (folder / "log").read_text(errors="replace")[-2000:]
        threading.Event().wait(0.05)


def _user(name: str, folder: Path) -> str | None:
    """Whom the server runs as: these servers refuse to run as root."""
    if os.geteuid() != 0:
        return None
    shutil.chown(folder, name)
    return name


@contextmanager
def postgresql(folder: Path) -> Iterator[dict[str, str]]:
    """URLs: as a role that can do no harm, and as the one that can do everything."""
    import psycopg

    initdb, postgres = _program("initdb"), _program("postgres")
    user = _user("postgres", folder)
    initialise = [
        initdb,
        "-D",
        str(folder / "data"),
        "-U",
        "boss",
        "--auth=trust",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C",
    ]
    subprocess.run(initialise, check=True, capture_output=True, user=user, cwd=folder)
    command = [
        postgres,
        "-D",
        str(folder / "data"),
        "-k",
        str(folder),
        "-c",
        "listen_addresses=",
        "-c",
        "fsync=off",
    ]
    with _server(command, folder, user) as process:
        boss = f"host={folder} user=boss dbname=postgres"
        _until_it_answers(process, folder, lambda: psycopg.connect(boss).close())
        with psycopg.connect(boss, autocommit=True) as connection:
            connection.execute("CREATE ROLE practice LOGIN")
            connection.execute("CREATE DATABASE practice OWNER practice")
            connection.execute("CREATE DATABASE mighty")
        yield {
            "practice": f"postgresql+psycopg://practice@/practice?host={folder}",
            "mighty": f"postgresql+psycopg://boss@/mighty?host={folder}",
        }


@contextmanager
def mariadb(folder: Path) -> Iterator[dict[str, str]]:
    """URLs, as above."""
    import pymysql

    install, mariadbd = _program("mariadb-install-db"), _program("mariadbd")
    user = _user("mysql", folder)
    login = [f"--user={user}"] if user else []
    initialise = [
        install,
        "--no-defaults",
        f"--datadir={folder / 'data'}",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        *login,
    ]
    subprocess.run(initialise, check=True, capture_output=True, cwd=folder)
    path = folder / "socket"
    command = [
        mariadbd,
        "--no-defaults",
        f"--datadir={folder / 'data'}",
        f"--socket={path}",
        "--skip-networking",
        *login,
    ]
    with _server(command, folder) as process:

        def connect() -> Any:
            return pymysql.connect(unix_socket=str(path), user="root", autocommit=True)

        _until_it_answers(
            process, folder, lambda: _knock(path)
        )  # its driver leaks a socket when nobody answers
        with connect() as connection, connection.cursor() as cursor:
            for name in ("practice", "mighty"):
                cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
            cursor.execute("CREATE USER practice@localhost")
            cursor.execute("GRANT ALL ON practice.* TO practice@localhost")
        yield {
            "practice": f"mysql+pymysql://practice@localhost/practice?unix_socket={path}",
            "mighty": f"mysql+pymysql://root@localhost/mighty?unix_socket={path}",
        }


def _knock(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as knocking:
        knocking.connect(str(path))


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A URL."""
    import redis as driver

    path = folder / "socket"
    command = [
        _program("redis-server"),
        "--port",
        "0",
        "--unixsocket",
        str(path),
        "--save",
        "",
        "--dir",
        str(folder),
    ]
    with _server(command, folder) as process:

        def ask() -> None:
            with driver.Redis.from_url(f"unix://{path}") as client:
                client.ping()

        _until_it_answers(process, folder, ask)
        yield f"unix://{path}"


# --- MongoDB ---------------------------------------------------------------------------------------------


class MongoStandIn:
    """No MongoDB: a server of ours that understands the dozen commands that the shop's driver sends, over MongoDB's wire protocol (OP_MSG).

    So the real driver is tested, with its encoding, its connections and its errors; what a real server makes of a filter is not.
    """

    def __init__(self) -> None:
        self.data: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"mongodb://127.0.0.1:{self._listening.getsockname()[1]}/practice"
        self._open: list[socket.socket] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        for each in (self._listening, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, EOFError, ValueError):
            while True:
                length, request, _, code = struct.unpack("<iiii", _exactly(connection, 16))
                answer = bson.encode(self._answer(_message(_exactly(connection, length - 16), code)))
                if code == 2004:  # OP_QUERY, for the first hello of older manners: OP_REPLY
                    body = struct.pack("<iqii", 8, 0, 0, 1) + answer
                    reply = 1
                else:
                    body, reply = struct.pack("<i", 0) + b"\0" + answer, 2013
                connection.sendall(struct.pack("<iiii", 16 + len(body), 1, request, reply) + body)

    def _answer(self, command: dict[str, Any]) -> dict[str, Any]:
        name = next(iter(command))
        self.asked.append(name)
        answer = getattr(self, f"_{name.lower()}", None)
        if answer is None:
            return {"ok": 0.0, "errmsg": f"no such command: {name}", "code": 59}
        return {"ok": 1.0, **answer(command)}

    def _hello(self, command: dict[str, Any]) -> dict[str, Any]:
        return {
            "isWritablePrimary": True, "ismaster": True, "maxBsonObjectSize": 16_777_216, "maxMessageSizeBytes": 48_000_000,
            "maxWriteBatchSize": 100_000, "minWireVersion": 0, "maxWireVersion": 25, "helloOk": True,
        }  # fmt: skip

    _ismaster = _hello

    def _buildinfo(self, command: dict[str, Any]) -> dict[str, Any]:
        return {"version": "0.0-stand-in"}

    def _endsessions(self, command: dict[str, Any]) -> dict[str, Any]:
        return {}

    def _listcollections(self, command: dict[str, Any]) -> dict[str, Any]:
        return _cursor([{"name": name, "type": "collection"} for name in self.data], "$cmd.listCollections")

    def _find(self, command: dict[str, Any]) -> dict[str, Any]:
        found = [
            each for each in self.data.get(command["find"], []) if _matches(each, command.get("filter", {}))
        ]
        for field, direction in reversed(list(command.get("sort", {}).items())):
            found.sort(key=lambda each, field=field: each.get(field), reverse=direction < 0)
        limit = command.get("limit") or len(found)
        return _cursor(found[:limit], command["find"])

    def _aggregate(self, command: dict[str, Any]) -> dict[str, Any]:
        """Only what count_documents sends."""
        match = command["pipeline"][0]["$match"]
        count = sum(_matches(each, match) for each in self.data.get(command["aggregate"], []))
        return _cursor([{"_id": 1, "n": count}] if count else [], command["aggregate"])

    def _insert(self, command: dict[str, Any]) -> dict[str, Any]:
        self.data.setdefault(command["insert"], []).extend(command["documents"])
        return {"n": len(command["documents"])}

    def _delete(self, command: dict[str, Any]) -> dict[str, Any]:
        before = self.data.get(command["delete"], [])
        left = [each for each in before if not any(_matches(each, one["q"]) for one in command["deletes"])]
        self.data[command["delete"]] = left
        return {"n": len(before) - len(left)}

    def _update(self, command: dict[str, Any]) -> dict[str, Any]:
        from inspector.lab.sites.shop.stores.documents_backends import apply

        (one,) = command["updates"]
        documents = self.data.setdefault(command["update"], [])
        document = next((each for each in documents if _matches(each, one["q"])), None)
        if document is not None:
            apply(document, one["u"])
            return {"n": 1, "nModified": 1}
        if not one.get("upsert"):
            return {"n": 0, "nModified": 0}
        made = {"_id": bson.ObjectId(), **one["q"]}
        apply(made, one["u"])
        documents.append(made)
        return {"n": 1, "nModified": 0, "upserted": [{"index": 0, "_id": made["_id"]}]}


def _message(body: bytes, code: int) -> dict[str, Any]:
    """The command, whichever of the two ways it came in. A section of kind 1 is a list that stands beside the command."""
    if code == 2004:
        at = body.index(b"\0", 4) + 1 + 8
        return bson.decode(body[at : at + struct.unpack_from("<i", body, at)[0]])
    command: dict[str, Any] = {}
    at = 4
    while at < len(body):
        kind, at = body[at], at + 1
        (size,) = struct.unpack_from("<i", body, at)
        if kind == 0:
            command |= bson.decode(body[at : at + size])
        else:
            name, _, documents = body[at + 4 : at + size].partition(b"\0")
            command[name.decode()] = bson.decode_all(documents)
        at += size
    return command


def _matches(document: dict[str, Any], where: dict[str, Any]) -> bool:
    for name, wanted in where.items():
        if name == "$or":
            if not any(_matches(document, each) for each in wanted):
                return False
        elif isinstance(wanted, dict) and "$regex" in wanted:
            if not re.search(wanted["$regex"], document.get(name, ""), re.IGNORECASE):
                return False
        elif isinstance(wanted, dict) and "$gte" in wanted:
            if document.get(name, 0) < wanted["$gte"]:
                return False
        elif document.get(name) != wanted:
            return False
    return True


def _cursor(documents: list[dict[str, Any]], collection: str) -> dict[str, Any]:
    return {"cursor": {"id": bson.Int64(0), "ns": f"practice.{collection}", "firstBatch": documents}}


def _exactly(connection: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        data = connection.recv(size - len(got))
        if not data:
            raise EOFError
        got += data
    return got
