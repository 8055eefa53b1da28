"""Where requests come in: a WSGI middleware right around the app. Without the field it passes everything through and looks at nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from inspector.bridge.recording import Recording, current
from inspector.bridge.whereabouts import FIELD

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


class Door:
    """`begin` makes a recording for an environ with the field, or None; `end` takes it when the answer is out. `first` is called with the first environ without
    the field."""

    def __init__(
        self,
        inner: Wsgi,
        begin: Callable[[str, Environ], Recording | None],
        end: Callable[[Recording], None],
        first: Callable[[Environ], None],
    ) -> None:
        self._inner = inner
        self._begin = begin
        self._end = end
        self._first: Callable[[Environ], None] | None = first

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if FIELD not in environ:
            if self._first is not None:
                first, self._first = self._first, None
                first(environ)
            return self._inner(environ, start_response)
        recording = self._begin(environ.pop(FIELD), environ)
        if recording is None:
            return self._inner(environ, start_response)
        return self._follow(recording, environ, start_response)

    def _follow(self, recording: Recording, environ: Environ, start_response: Any) -> Iterable[bytes]:
        def start(status: str, headers: Any, *more: Any) -> Any:
            recording.status = int(status[:3]) if status[:3].isdigit() else 0
            return start_response(status, headers, *more)

        token = current.set(recording)
        try:
            answer = self._inner(environ, start)
        except BaseException as error:
            recording.raise_(error, handled=False)
            recording.status = recording.status or 500
            self._end(recording)
            raise
        finally:
            current.reset(token)
        wrapper = environ.get("wsgi.file_wrapper")
        if isinstance(wrapper, type) and isinstance(answer, wrapper):
            self._end(recording)  # the server sends such a file by itself, and must see it as it is
            return answer
        return _Answer(answer, recording, self._end)


class _Answer:
    """The body on its way out. It may be made while it is sent, so each piece is asked for under the recording."""

    def __init__(
        self, inner: Iterable[bytes], recording: Recording, end: Callable[[Recording], None]
    ) -> None:
        self._inner = inner
        self._pieces: Iterator[bytes] | None = None
        self._recording = recording
        self._end: Callable[[Recording], None] | None = end

    def __iter__(self) -> _Answer:
        return self

    def __next__(self) -> bytes:
        token = current.set(self._recording)
        try:
            if self._pieces is None:
                self._pieces = iter(self._inner)
            return next(self._pieces)
        except StopIteration:
            raise
        except BaseException as error:
            self._recording.raise_(error, handled=False)
            raise
        finally:
            current.reset(token)

    def close(self) -> None:
        """The server is done with it (PEP 3333: "if the iterable returned has a close() method, the server must call it")."""
        token = current.set(self._recording)
        try:
            close = getattr(self._inner, "close", None)
            if close is not None:
                close()
        finally:
            current.reset(token)
            end, self._end = self._end, None
            if end is not None:
                end(self._recording)
