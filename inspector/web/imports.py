"""Files on their way in: each is put together in pieces on the disk, then imported by one thread, one after the other.

A browser sends a file in pieces no larger than any other request to the dashboard, so nothing needs a larger limit, and it sees how far it has come.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from secrets import token_hex
from typing import IO, Any

from inspector.store.captures import StoreProblem
from inspector.store.importing import Importer, NotHar, Outcome, Trouble
from inspector.web.errors import Refusal, not_found

log = logging.getLogger(__name__)

LARGEST = 4 << 30
PIECE = 512 * 1024
_OPEN = 20  # files being sent at once
_REMEMBERED = 50
_PATIENCE = 600.0


@dataclass(slots=True)
class Job:
    """A file on its way in. `state`: sending, waiting, reading, done, known (imported before), failed."""

    id: str
    name: str
    size: int
    file: IO[bytes]
    state: str = "sending"
    got: int = 0
    again: bool = False
    outcome: Outcome | None = None
    problem: str = ""
    touched: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Imports:
    """All files that were given to this dashboard since it was started. Safe to use from many threads."""

    def __init__(self, importer: Importer, folder: Path) -> None:
        self._importer = importer
        self._folder = folder
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._queue: SimpleQueue[Job] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def begin(self, name: str, size: int, *, again: bool = False) -> Job:
        """A file is to come."""
        if size > LARGEST:
            raise Refusal(413, "Too large", f"Files of up to {LARGEST >> 30} GiB are taken.", "In a terminal, there is no limit:  inspector import FILE")  # fmt: skip
        with self._lock:
            self._tidy()
            if sum(job.state == "sending" for job in self._jobs.values()) >= _OPEN:
                raise Refusal(
                    429,
                    "Too many at once",
                    f"{_OPEN} files are on their way already.",
                    "Wait until they are here.",
                )
            file = tempfile.TemporaryFile(dir=self._folder if self._folder.is_dir() else None)  # noqa: SIM115 - it lives as long as its job
            job = Job(
                token_hex(8),
                name.replace("\\", "/").rpartition("/")[2][:200] or "file.har",
                size,
                file,
                again=again,
            )
            self._jobs[job.id] = job
        return job

    def add(self, id: str, at: int, data: bytes) -> Job:
        """The next piece of a file."""
        job = self.find(id)
        with job.lock:
            if job.state != "sending" or at != job.got or job.got + len(data) > job.size:
                raise Refusal(
                    409,
                    "Not the next piece",
                    "The pieces of the file came in another order.",
                    "Import the file again.",
                )
            try:
                job.file.write(data)
            except OSError as error:
                self._fail(job, f"It could not be kept for reading: {error.strerror}.")
                return job
            job.got += len(data)
            job.touched = time.monotonic()
            if job.got == job.size:
                self._ready(job)
        return job

    def find(self, id: str) -> Job:
        with self._lock:
            job = self._jobs.get(id)
        if job is None:
            raise not_found("There is no such import.")
        return job

    def all(self) -> list[Job]:
        """The newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    # -- below

    def _ready(self, job: Job) -> None:
        job.state = "waiting"
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="imports", daemon=True)
                self._thread.start()
        self._queue.put(job)

    def _tidy(self) -> None:
        """Give up what nobody goes on sending, and forget what is long over."""
        now = time.monotonic()
        for job in list(self._jobs.values()):
            if job.state == "sending" and now - job.touched > _PATIENCE:
                self._fail(job, "The file did not come whole.")
        over = [job for job in self._jobs.values() if job.state in ("done", "known", "failed")]
        for job in over[: max(0, len(self._jobs) - _REMEMBERED)]:
            del self._jobs[job.id]

    def _fail(self, job: Job, problem: str) -> None:
        job.state, job.problem = "failed", problem
        job.file.close()

    def _work(self) -> None:
        while True:
            job = self._queue.get()
            job.state = "reading"
            try:
                self._take(job)
            except (NotHar, StoreProblem) as problem:
                self._fail(job, str(problem))
            except OSError as error:
                self._fail(job, f"It could not be read: {error.strerror}.")
            except Exception:
                log.exception("the import of a file stopped")
                self._fail(job, "Inspector itself made a mistake here; its log says more.")

    def _take(self, job: Job) -> None:
        def tell(outcome: Outcome) -> None:
            job.outcome = outcome

        job.file.seek(0)
        outcome = self._importer.take(job.file, job.name, tell, again=job.again)
        job.outcome = outcome
        job.file.close()
        job.state = "known" if outcome.before and not job.again else "done"


def job_json(job: Job) -> dict[str, Any]:
    """How far a file has come, for a script and for the page."""
    outcome = job.outcome
    told: dict[str, Any] = {
        "id": job.id,
        "name": job.name,
        "state": job.state,
        "size": job.size,
        "got": job.got,
        "problem": job.problem,
    }
    if outcome is not None:
        told |= {
            "read": outcome.read, "kept": outcome.kept, "lost": outcome.lost, "own": outcome.own, "made_by": outcome.made_by, "before": outcome.before,
            "first": outcome.first.hex(), "last": outcome.last.hex(), "troubles": [trouble_json(each) for each in outcome.troubles],
            "more_troubles": outcome.more_troubles,
        }  # fmt: skip
    return told | {"share": _share(job)}


def trouble_json(trouble: Trouble) -> dict[str, Any]:
    return {
        "line": trouble.place.line,
        "column": trouble.place.column,
        "pointer": trouble.pointer,
        "expected": trouble.expected,
        "lost": trouble.lost,
    }


def _share(job: Job) -> float:
    """How much of the way is behind it: half of it is the sending."""
    if job.state in ("done", "known", "failed"):
        return 1.0
    sent = job.got / job.size if job.size else 1.0
    read = job.outcome.read / job.outcome.size if job.outcome is not None and job.outcome.size else 0.0
    return round(min(1.0, (sent + read) / 2), 3)
