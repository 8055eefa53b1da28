"""A web server in forty lines, by nothing but sockets. `python server.py` serves it at http://127.0.0.1:8000/hello?name=Ada.

It keeps to what a browser needs to show something, and no more: one request on each connection, no length, no date, no methods, no decoding.
"""

from __future__ import annotations

import socket

LONGEST_HEAD = 65_536


def serve(connection: socket.socket) -> None:
    """Read one request, answer it, and hang up."""
    with connection:
        head = read_head(connection)
        if head:
            connection.sendall(answer(head))


def read_head(connection: socket.socket) -> bytes:
    """The request line and the header fields. They end with an empty line; a body, if there is one, is left unread."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < LONGEST_HEAD:
        data = connection.recv(4096)
        if not data:
            return b""
        head += data
    return head


def answer(head: bytes) -> bytes:
    """A status line, one field, an empty line, and the text. Whoever gets it knows by our hanging up that this is all."""
    line = head.split(b"\r\n")[0].decode("latin-1")  # GET /hello?name=Ada HTTP/1.1
    _, target, _ = line.split(" ", 2)
    path, _, query = target.partition("?")
    if path == "/":
        return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nA server on bare sockets. Ask it for /hello?name=Ada\n"
    if path != "/hello":
        return b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n\r\nThere is only /hello here.\n"
    name = query.partition("name=")[2] or "stranger"
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nHello, {name}!\n".encode("latin-1")


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 8000)) as listener:
        while True:
            serve(listener.accept()[0])
