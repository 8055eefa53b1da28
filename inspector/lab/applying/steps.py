"""The steps, in words. What each does is a method of `applicant.Applicant` of the same name."""

from __future__ import annotations

from typing import NamedTuple


class Step(NamedTuple):
    """`words` say what happens; `look` is what there is to see in the captures, or empty."""

    id: str
    title: str
    words: str
    look: str = ""


STEPS = (
    Step("directory", "Ask where everything is", "A program is told one address of an authority beforehand. There it reads all the others.", "GET /directory"),
    Step("account", "Make a key, and an account with it", "Every later request is signed with this key. There is no password: whoever has the key is the account.", "HEAD /acme/new-nonce, POST /acme/new-account"),
    Step("order", "Order a certificate", "The order names the site. The authority answers what has to be proved, and where.", "POST /acme/new-order"),
    Step("authorization", "Read what has to be proved", "A token comes back: it shall be found on the site itself, over plain http.", "POST /acme/authorization/…"),
    Step("answer", "Lay the answer down on the site", "A file with the token and the print of the account's key. Your site serves it from now on; nothing is sent."),
    Step("challenge", "Say that it is there", "Now the authority visits the site and fetches the file. Whoever can put a file there is taken for its owner.", "POST /acme/challenge/…; from the authority: GET /.well-known/acme-challenge/…"),
    Step("request", "Make the site's key, and ask for its certificate", "A second key is made, which never leaves this computer. A request is signed with it, and sent.", "POST /acme/order/…/finalize"),
    Step("certificate", "Fetch the certificate", "It comes with the one of the authority that signed it: the chain that a site must send.", "POST /acme/certificate/…"),
    Step("install", "Serve with it", "From the next handshake on your site shows this certificate."),
)  # fmt: skip
RENEWAL = "order"  # a renewal is a new order by the same account
IDS = tuple(step.id for step in STEPS)
