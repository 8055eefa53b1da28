"""What listens to Flask, to logging and to the databases. All of it is put in place once, when the first request comes that Inspector asks about.

Each hook looks first whether a request is being recorded here (`recording.current`), which costs 40 ns, and otherwise does what was there before.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

from inspector.bridge.hooks import (
    flask_app,
    logs,
    mongodb,
    psycopg2_hooks,
    redis_hooks,
    sqlalchemy_hooks,
    sqlite,
    statements,
)
from inspector.bridge.recording import log

# the module that an app must have imported before its hook makes sense; each is looked for at every recorded request until it is there
_DATABASES = {
    "sqlite3": sqlite.install,
    "sqlalchemy": sqlalchemy_hooks.install,
    "psycopg": statements.install_psycopg,
    "psycopg2": psycopg2_hooks.install,
    "pymysql": statements.install_pymysql,
    "MySQLdb": statements.install_mysqldb,
    "redis": redis_hooks.install,
    "pymongo": mongodb.install,
}
_waiting = dict(_DATABASES)
_lock = threading.Lock()
_logs: list[bool] = []


def install_everywhere() -> None:
    """Put what is there for the whole process in place, as far as the app has imported it. Does nothing the second time."""
    if not _logs:
        with _lock:
            if not _logs:
                _logs.append(True)
                logs.install()
    if not any(name in sys.modules for name in _waiting):
        return
    with _lock:
        for name in [name for name in _waiting if name in sys.modules]:
            install = _waiting.pop(name)
            try:
                install(sys.modules[name])
            except Exception as error:  # noqa: BLE001 - a version that looks different inside is merely not shown
                log.debug("%s is not followed: %s", name, error)


def install_on(app: Any) -> None:
    """Put in place what listens to one Flask app."""
    flask_app.install(app)
