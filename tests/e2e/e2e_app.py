"""A learner's own Flask app: `flask run` in debug mode, with the one line in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from e2e_running import PATIENCE, until

CODE = """
import sqlite3
from pathlib import Path
from flask import Flask, jsonify, redirect, render_template
from inspector import Inspector

app = Flask(__name__)
app.secret_key = "dev"
Inspector(app)
FILE = Path(__file__).with_name("pets.db")

def ask(statement, *given):
    line = sqlite3.connect(FILE)
    try:
        with line:
            return line.execute(statement, given).fetchall()
    finally:
        line.close()

ask("CREATE TABLE IF NOT EXISTS pet (name TEXT)")

@app.get("/")
def pets():
    return render_template("pets.html", pets=ask("SELECT name FROM pet"))

@app.get("/api/pets")
def as_json():
    return jsonify([name for name, in ask("SELECT name FROM pet")])

@app.post("/pets/<name>")
def add(name):
    ask("INSERT INTO pet VALUES (?)", name)
    return redirect("/")

@app.get("/broken")
def broken():
    app.logger.warning("this will not end well")
    return {}["pet"]
"""


class PetsApp:
    """The app as a process. `port` is where it listens."""

    def __init__(self, folder: Path, home: Path, **environment: str) -> None:
        (folder / "templates").mkdir(parents=True)
        (folder / "pets.py").write_text(CODE)
        (folder / "templates" / "pets.html").write_text(
            "<ul>{% for pet in pets %}<li>{{ pet[0] }}</li>{% endfor %}</ul>"
        )
        self.log = folder / "flask.log"
        usual = {"INSPECTOR_HOME": str(home), "FLASK_DEBUG": "1", "PYTHONUNBUFFERED": "1"}
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "pets", "run", "--port", "0", "--no-reload"],
                cwd=folder, env={**os.environ, **usual, **environment}, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
        found = until(self._said_where, lambda: f"where it runs: {self.log.read_text()}")
        self.port = int(found[1])

    def _said_where(self) -> re.Match[str] | None:
        assert self.process.poll() is None, self.log.read_text()
        return re.search(r"Running on http://127\.0\.0\.1:(\d+)", self.log.read_text())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)
