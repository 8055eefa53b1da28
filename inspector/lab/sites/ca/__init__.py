"""ca.inspector.test: an authority that one applies to by a program (ACME, RFC 8555), as one does to Let's Encrypt. It vouches for names below
inspector.test only, and what it issues counts on this computer only.

1  The applicant makes a key, and an account with it                                             new-account
2  It orders a certificate for some names                                                        new-order
3  For each name it is given a token, and lays an answer down on that name's own site            authorization
4  It says so; the authority fetches the answer from there, over plain http                      challenge
5  It sends what the certificate shall be for, signed with the key that the site will have       finalize
6  It fetches the certificate                                                                    certificate

Whoever can put a file on the site that a name leads to is taken for its owner: that is all that such a certificate says.

jws.py       every request is signed        book.py      what the authority remembers
issuing.py   makes certificates             asking.py    fetches the answer from the site
orders.py    what becomes of an order       views.py     the addresses
"""

from __future__ import annotations

from pathlib import Path

import requests
from flask import Flask

from ..basics.headers import safe_headers
from ..basics.icon import use_icon
from .asking import Asking
from .book import Book
from .issuing import Issuer
from .orders import Orders
from .problems import Problem, say
from .views import about, protocol


def create_app(folder: Path | str, issuer: bytes, outside: requests.Session | None = None) -> Flask:
    """The authority. `issuer` is the key and the certificate that it signs with (PEM); it fetches answers by `outside`. It keeps nothing in `folder`."""
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=65_536)
    book = Book()
    app.extensions["orders"] = Orders(book, Issuer(issuer), Asking(outside or requests.Session()))
    app.extensions["book"] = book
    app.extensions["reset"] = book.clear
    app.register_blueprint(protocol)
    app.register_blueprint(about)
    app.register_error_handler(Problem, say)
    safe_headers(app)
    use_icon(app, "/static/seal.svg")
    return app
