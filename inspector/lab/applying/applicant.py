"""Does the steps, one at a time. Between them it keeps all it knows in a file, so that a person may take as long as they like; whoever calls sees to it that
nobody else does meanwhile."""

from __future__ import annotations

import base64
import time
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from joserfc.jwk import ECKey

from inspector.lab.applying import keeping
from inspector.lab.applying.keeping import Application
from inspector.lab.applying.steps import IDS, RENEWAL
from inspector.lab.applying.talking import Talk, TroubleError
from inspector.lab.mine.place import Place
from inspector.lab.sites.practice import AUTHORITY, MINE

DIRECTORY = f"https://{AUTHORITY}/directory"
LOOKS, BETWEEN = 60, 0.2  # how often, and how many seconds apart, it asks what the authority's visit came to


class Applicant:
    """For my.inspector.test, whose things are in `place`; it goes through `proxy` and believes the certificate in the file `authority`."""

    def __init__(self, place: Place, proxy: str, authority: str) -> None:
        self._place = place
        self._proxy = proxy
        self._authority = authority

    def step(self) -> None:
        """Do the next one; what came of it is kept. Raises OSError when that can't be."""
        state = keeping.read(self._place.root)
        if state.done >= len(IDS):
            return
        state.failed = ""
        talk = Talk(state, self._proxy, self._authority)
        id = IDS[state.done]
        try:
            state.said[id] = getattr(self, f"_{id}")(state, talk)
            state.done += 1
        except TroubleError as trouble:
            state.failed = str(trouble)
            self._go_back(state, trouble, id)
        except (ValueError, KeyError, TypeError, IndexError):
            state.failed = "The authority's answer was not what the protocol says."
        finally:
            talk.close()
        keeping.write(self._place.root, state)

    def renew(self) -> None:
        """Begin at the order again, with the account that is there."""
        state = keeping.read(self._place.root)
        if state.account and state.chain:
            state.renewals += 1
            self._back_to(state, RENEWAL)
            keeping.write(self._place.root, state)

    def begin_anew(self) -> None:
        """Forget all, and serve with the lab's certificate again."""
        self._place.uninstall()
        self._place.forget_answers()
        keeping.write(self._place.root, Application())

    # --- the steps: each returns a sentence about what came of it -----------------------------------------

    def _directory(self, state: Application, talk: Talk) -> str:
        told = talk.get(DIRECTORY).json()
        state.directory = {name: str(told[name]) for name in ("newNonce", "newAccount", "newOrder")}
        return f"An account is opened at {state.directory['newAccount']}"

    def _account(self, state: Application, talk: Talk) -> str:
        state.account = ""
        state.account_key = _pem(ec.generate_private_key(ec.SECP256R1()))
        answer = talk.post(state.directory["newAccount"], {"termsOfServiceAgreed": True})
        state.account = answer.headers["Location"]
        return f"The account is {state.account}"

    def _order(self, state: Application, talk: Talk) -> str:
        wanted = {"identifiers": [{"type": "dns", "value": MINE}]}
        answer = talk.post(state.directory["newOrder"], wanted)
        told = answer.json()
        state.order, state.finalize = answer.headers["Location"], told["finalize"]
        state.authorization = told["authorizations"][0]
        return f"The order is {told['status']}: {state.order}"

    def _authorization(self, state: Application, talk: Talk) -> str:
        told = talk.post(state.authorization, None).json()
        challenge = next(each for each in told["challenges"] if each["type"] == "http-01")
        state.challenge, state.token = challenge["url"], challenge["token"]
        return f"The token is {state.token}"

    def _answer(self, state: Application, talk: Talk) -> str:
        thumbprint = ECKey.import_key(state.account_key).thumbprint()
        if not state.token.replace("-", "").replace("_", "").isalnum():
            raise TroubleError("The token is no word that could be a file's name.")
        self._place.answer(state.token, f"{state.token}.{thumbprint}")
        return f"It is at http://{MINE}/.well-known/acme-challenge/{state.token}"

    def _challenge(self, state: Application, talk: Talk) -> str:
        talk.post(state.challenge, {})
        for _ in range(LOOKS):
            told = talk.post(state.authorization, None).json()
            if told["status"] == "valid":
                return "The authority found the answer: the name is yours."
            if told["status"] != "pending":
                error: dict[str, Any] = next(
                    (each["error"] for each in told["challenges"] if "error" in each), {}
                )
                raise TroubleError(str(error.get("detail", "The authority was not convinced.")), "invalid")
            time.sleep(BETWEEN)
        raise TroubleError("The authority has not made up its mind yet. Try again.")

    def _request(self, state: Application, talk: Talk) -> str:
        key = ec.generate_private_key(ec.SECP256R1())
        state.site_key = _pem(key)
        csr = (
            x509.CertificateSigningRequestBuilder()
            .subject_name(x509.Name([]))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(MINE)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        encoded = base64.urlsafe_b64encode(csr.public_bytes(Encoding.DER)).rstrip(b"=").decode()
        told = talk.post(state.finalize, {"csr": encoded}).json()
        state.certificate = told["certificate"]
        return f"The order is {told['status']}."

    def _certificate(self, state: Application, talk: Talk) -> str:
        chain = talk.post(state.certificate, None).text
        leaf, *above = x509.load_pem_x509_certificates(chain.encode())
        own = load_pem_private_key(state.site_key.encode(), None).public_key()
        if leaf.public_key() != own or not above:
            raise TroubleError("What came is no chain for the site's own key.")
        state.chain = chain
        return f"Number {leaf.serial_number:x}, valid until {leaf.not_valid_after_utc:%d %B %Y, %H:%M} UTC"

    def _install(self, state: Application, talk: Talk) -> str:
        self._place.install((state.site_key + state.chain).encode())
        self._place.forget_answers()
        return f"https://{MINE}/ shows it from the next handshake on."

    # --- when something failed ---------------------------------------------------------------------------

    def _go_back(self, state: Application, trouble: TroubleError, id: str) -> None:
        """An order that failed stays so, and an account that was forgotten is gone: what comes next is what helps."""
        if trouble.kind == "accountDoesNotExist":
            state.account = ""
            self._back_to(state, "account")
        elif trouble.kind == "invalid" or (
            id in {"authorization", "challenge", "request"} and trouble.kind in {"malformed", "orderNotReady"}
        ):
            self._back_to(state, "order")

    def _back_to(self, state: Application, id: str) -> None:
        state.done = IDS.index(id)
        state.said = {each: words for each, words in state.said.items() if IDS.index(each) < state.done}


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
