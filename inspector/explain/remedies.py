"""What is behind a refused certificate, as one table: why the check is made, what the site's owner does about it, and what a visitor can do.

One row for each of `pki.reasons.REASONS`. The two cures are for two people: a visitor can't renew a certificate, and an owner
doesn't want to hear that the clock of somebody else's computer may be wrong.
"""

from __future__ import annotations

from typing import NamedTuple


class Remedy(NamedTuple):
    """One row: why it matters, the cure for the site's owner, the cure for its visitor. Commands stand between back-ticks."""

    why: str
    owner: str
    visitor: str


_NOT_YOURS = "You cannot mend it from here. Tell the owner, and enter nothing on that site until then."
_OWN_FILE = "If the site is your own, or its owner gave you the authority's certificate by a safe way, start Inspector with `--upstream-ca FILE`."

REMEDIES: dict[str, Remedy] = {
    "expired": Remedy(
        "Who got a certificate for a name may have lost the name since, and a stolen key would be of use for ever. So it counts for a limited time only.",
        "Renew it, and let that happen by itself from now on: an ACME client such as certbot or Caddy does it. Then make the server load the new file.",
        "Look at the clock of this computer first: if it is wrong, set it right. If it is right, you cannot mend it from here: tell "
        "the owner, and enter nothing on that site until then.",
    ),
    "expired-root": Remedy(
        "The list of trusted roots comes with the system. Roots end too, and their successors come with updates.",
        "Serve the chain that leads to the authority's current root; its documentation says which files.",
        "Update this computer's list of roots (on Linux the package `ca-certificates`).",
    ),
    "not-yet-valid": Remedy(
        "A certificate whose time has not begun was made with a wrong clock, or is not meant to be used yet.",
        "Look at the clock of the machine that made it, and at the date from which it counts. Use the earlier certificate until then.",
        "Most often this computer's clock is behind: set it right, then try again.",
    ),
    "self-signed": Remedy(
        "Anybody can write a certificate for any name and sign it with its own key. It proves nothing about who is at the other end.",
        "On the Internet: get one from an authority such as Let's Encrypt, free of charge. On your own computer: `inspector cert NAME` makes one that is signed.",
        _OWN_FILE + " Otherwise somebody may be sitting in between: do not go on.",
    ),
    "unknown-authority": Remedy(
        "Only an authority that this computer knows can vouch for a name; one that nobody knows could be anybody's.",
        "Use an authority that visitors' computers know; inside a company or school, bring your root into their trust stores.",
        _OWN_FILE + " A virus scanner or a company proxy that opens HTTPS looks like this too: ask whoever runs it for its certificate.",
    ),
    "missing-intermediate": Remedy(
        "A root signs few certificates itself. Between it and the site stand intermediates, which the site has to send: without them the way up is broken.",
        "Serve leaf and intermediates in one file, leaf first. With certbot it is called `fullchain.pem`, not `cert.pem`.",
        "Some browsers fetch the missing certificate or remember it from elsewhere, and show nothing. Tell the owner; until it is mended, save that "
        "intermediate as a file and start Inspector with `--upstream-ca FILE`.",
    ),
    "wrong-name": Remedy(
        "The name is the point of it: a valid certificate for another site proves only that you reached another site.",
        "Make the certificate for every name that visitors use, with and without www, and look whether the server picks the right one for each (SNI).",
        "Look at the spelling of the address. If one of the names in the certificate is the site you meant, open that. Otherwise do not go on.",
    ),
    "no-names": Remedy(
        "Browsers look for the host only among the alternative names (subjectAltName, RFC 9525). The common name can hold any text, and is not looked at.",
        "Make it again with a subjectAltName. `inspector cert NAME` does; with openssl it takes `-addext subjectAltName=DNS:NAME`.",
        _NOT_YOURS,
    ),
    "wrong-address": Remedy(
        "A certificate for a name says nothing about an address, since names move from one address to another.",
        "If people are to open the site by its address, put the address into the subjectAltName, as an IP address and not as a name.",
        "Open the site by its name instead of its address.",
    ),
    "weak-key": Remedy(
        "From a key that is too short, its private half can be computed. Whoever does that can play the site.",
        "Make a new key, ECDSA P-256 or RSA with 2,048 bits or more, and have a certificate issued for it.",
        _NOT_YOURS,
    ),
    "weak-digest": Remedy(
        "What is signed is a digest of the certificate. With MD5 and SHA-1 somebody can make two certificates that have the same one, and so a forged one that looks signed.",
        "Have it issued again; every authority signs with SHA-256 today. Of your own authority, set the digest (openssl: `-sha256`).",
        _NOT_YOURS,
    ),
    "bad-signature": Remedy(
        "The signature is what ties each certificate to the one above it. If it does not fit, either was changed, or made by somebody else with the same name.",
        "Serve the certificate of the authority that really signed it. After an authority was made anew, everything below it has to be issued again.",
        "Do not go on: it may have been tampered with. If the authority is your own and was made anew, take its new certificate (`--upstream-ca FILE`).",
    ),
    "revoked": Remedy(
        "An authority withdraws a certificate when its key got into wrong hands, or when it should never have been issued.",
        "Make a new key and get a new certificate. Find out from the authority why the old one was withdrawn.",
        "Do not go on: whoever answers may have a stolen key.",
    ),
    "invalid-authority": Remedy(
        "If every certificate could sign others, each site's owner could vouch for every other name. So authorities carry a flag, and all others do not.",
        "Sign with a certificate that has basicConstraints CA:TRUE and keyUsage keyCertSign, or serve the file of the right authority.",
        _NOT_YOURS,
    ),
    "path-length": Remedy(
        "An authority may be allowed to sign leaves only, or so many authorities below it, so that it cannot pass its power on.",
        "Have the leaf signed by the authority itself, or make that authority again with a longer path.",
        _NOT_YOURS,
    ),
    "wrong-purpose": Remedy(
        "A certificate is made for a purpose: one for signing mail or programs was checked for that, not for being a web site.",
        "Make it with the extended key usage serverAuth.",
        _NOT_YOURS,
    ),
    "wrong-key-usage": Remedy(
        "The certificate itself says what its key may do, and proving who one is in a TLS handshake is not among it.",
        "Make it with the key usage digitalSignature (for old RSA suites keyEncipherment too).",
        _NOT_YOURS,
    ),
    "leaf-is-authority": Remedy(
        "The key of a web server lies where attackers look first. If it could sign for other names, one break-in would open them all.",
        "Make a certificate for the site with basicConstraints CA:FALSE, and keep the authority's key elsewhere.",
        "Chrome, Safari and curl go on; Firefox does not. Tell the owner.",
    ),
    "lasts-too-long": Remedy(
        "The longer a certificate counts, the longer a stolen key or a name that changed hands is of use.",
        "Make one for 825 days at most (Apple's limit for any authority); public authorities issue for 398 days at most, and soon for less.",
        "On an iPhone, iPad or Mac it is refused, elsewhere it is not. Tell the owner.",
    ),
    "name-constraint": Remedy(
        "An authority's own certificate can say for which names it may vouch. Outside of them its word counts for nothing, whoever has its key.",
        "Get the certificate from an authority that may vouch for this name. Of a practice authority's certificate, leave out the names that it is not for.",
        "If you did not expect a practice or company authority here, do not go on: it vouched for a name it has no right to.",
    ),
    "distrusted": Remedy(
        "The trust store knows this certificate, and somebody decided that it is not to be believed any more.",
        "Change to another authority: browsers took the trust away from this one.",
        "Look in the system's certificate settings who took the trust away. If it was not you, leave it so.",
    ),
    "too-long": Remedy(
        "A chain must lead to a root in a few steps; an endless one could keep a browser busy for ever.",
        "Serve the leaf and its intermediates, each once, and nothing else.",
        _NOT_YOURS,
    ),
    "malformed": Remedy(
        "A certificate that breaks the rules is read in different ways by different programs, and that has been used for attacks.",
        "Make it again with a current tool. `openssl verify -x509_strict` says what else is wrong with it.",
        _NOT_YOURS,
    ),
    "transparency": Remedy(
        "Public logs let everybody see which certificates exist for a name, so one that was issued behind its owner's back is found.",
        "Get the certificate from an authority that hands it to the logs: all public ones do.",
        _NOT_YOURS,
    ),
    "no-certificate": Remedy(
        "Without a certificate nobody vouches for anything.",
        "Look whether the server has a certificate for this name set up, and whether TLS is what it speaks on this port.",
        "Look at the port in the address. If it is a plain server, open it with http:// instead.",
    ),
    "refused": Remedy(
        "Whoever verified it gave a reason that has no row of its own here.",
        "Look at each check: `openssl s_client -connect HOST:443 -showcerts` shows what the site sends.",
        _NOT_YOURS,
    ),
}  # fmt: skip
