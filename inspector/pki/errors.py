"""What can go wrong with the authority and its leaves. Every message says the cure.

PkiError
├── BadName                  a name no certificate can be made for
├── BadScope                 a list of names that a practice authority cannot be limited to
├── BadRequest               a signing request that cannot be granted
├── NoCertificate            a file in which none can be found
├── NotPermitted             a name outside what the authority may vouch for
├── CannotMirror             a fault of a site's certificate that no stand-in can have
├── TrustStoreError          a file of certificates to trust cannot be used
├── ClientCertificateRefused a file whose certificate cannot be shown to a site
├── KeyLogRefused            a file that keys must not be written to
└── AuthorityError           the files of the authority
    ├── AuthorityMissing     there is none
    ├── AuthorityUnwritable  the folder or a file in it cannot be made
    ├── AuthorityUnreadable  a file is damaged, missing, or not what it should be
    ├── AuthorityMismatch    key and certificate do not belong together
    └── AuthorityExpired     the certificate's time is over, or has not come
"""

# ruff: noqa: N818 (the names say what is the matter, as the tree above shows)

from __future__ import annotations


class PkiError(Exception):
    """Something about keys or certificates that the caller has to be told."""


class BadName(PkiError):
    """The text is no host name and no IP address that a certificate can be made for."""


class BadScope(PkiError):
    """The text is no list of domains and networks that a practice authority could be limited to."""


class BadRequest(PkiError):
    """A certificate signing request that cannot be read, or cannot be granted."""


class NoCertificate(PkiError):
    """There is no certificate in the file; the message says what is."""


class NotPermitted(PkiError):
    """The authority may not vouch for this name: a practice authority, and a host outside its scope."""


class CannotMirror(PkiError):
    """No stand-in certificate can have this fault."""


class TrustStoreError(PkiError):
    """A file of certificates to trust cannot be used."""


class ClientCertificateRefused(PkiError):
    """A file that should hold a certificate to show to a site, with its key, does not."""


class KeyLogRefused(PkiError):
    """Session keys must not, or cannot, be written to this file."""


class AuthorityError(PkiError):
    """The authority's files cannot be used."""


class AuthorityMissing(AuthorityError):
    """There is no authority in the folder."""


class AuthorityUnwritable(AuthorityError):
    """The folder or a file in it cannot be made."""


class AuthorityUnreadable(AuthorityError):
    """A file is damaged, missing, or not what it should be."""


class AuthorityMismatch(AuthorityError):
    """Key and certificate do not belong together."""


class AuthorityExpired(AuthorityError):
    """The authority's certificate has expired, or its time has not come."""
