"""Serves WSGI apps on the lab's sockets: HTTP/1.1 that stays open, streams, uploads, and WebSockets, with a thread for each request at work.

No server on PyPI did all of it on Windows too: waitress has no WebSocket, hypercorn and uvicorn none for WSGI, cheroot neither, gevent
patches the standard library, and Werkzeug's own is for developing. The parts were here: `wire` reads heads and bodies, `lab.pipes` speaks TLS.
"""
