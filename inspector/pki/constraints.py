"""What an authority may vouch for: name constraints (RFC 5280 §4.2.1.10), written, read and obeyed.

A constraint on one kind of name leaves every other kind free, so a practice authority says something about each:

- *host names*: those listed, with everything below them, and the practice domain `test`; so no other can be;
- *addresses*: the networks listed; a family of which none is listed is excluded as a whole (0.0.0.0/0, ::/0);
- *e-mail addresses and URIs*: the only host permitted is one that cannot exist (RFC 2606 reserves `.invalid`). To exclude "" would not do:
  OpenSSL 3 takes that for nothing at all, and Java 17 cannot read the certificate then;
- *directory names*: those that begin with our own organisation, as an intermediate has to have a name.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

from inspector.pki.errors import BadName, BadScope
from inspector.pki.names import canonical, general_name

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PRACTICE_DOMAIN = "test"
ORGANISATION = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Inspector")

_NOBODY = "nothing.invalid"
_EVERYTHING = (ipaddress.IPv4Network("0.0.0.0/0"), ipaddress.IPv6Network("::/0"))
_WIDEST_PUBLIC = {4: 16, 6: 32}
# Names that no registry hands out (RFC 2606, 6761, 6762, 8375, ICANN's .internal): one of these alone is no danger.
_PRIVATE_ENDS = frozenset(
    "test example invalid localhost local internal home lan corp intranet private alt onion".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that a practice authority is for. `domains` include everything below them."""

    domains: tuple[str, ...]
    networks: tuple[Network, ...] = ()

    def __str__(self) -> str:
        return ", ".join((*self.domains, *map(str, self.networks)))

    @classmethod
    def parse(cls, text: str) -> Scope:
        """From what a person writes: `test,example.com,10.0.0.0/8`. Raises BadScope, with the cure."""
        domains: list[str] = [PRACTICE_DOMAIN]
        networks: list[Network] = []
        for word in filter(None, (each.strip() for each in text.replace(";", ",").split(","))):
            network = _network(word)
            if network is None:
                domains.append(_domain(word))
            else:
                networks.append(network)
        return cls(_without_what_lies_below(domains), tuple(dict.fromkeys(networks)))

    @classmethod
    def of(cls, certificate: x509.Certificate) -> Scope | None:
        """The scope that an authority's certificate states; None if it may vouch for any name."""
        constraints = constraints_of(certificate)
        if constraints is None:
            return None
        permitted = constraints.permitted_subtrees or ()
        return cls(
            tuple(each.value for each in permitted if isinstance(each, x509.DNSName)),
            tuple(each.value for each in permitted if isinstance(each, x509.IPAddress)),  # type: ignore[misc]  # a network here
        )

    def extension(self) -> x509.NameConstraints:
        """How the scope stands in a certificate."""
        listed = {network.version for network in self.networks}
        return x509.NameConstraints(
            permitted_subtrees=[
                *map(x509.DNSName, self.domains),
                *map(x509.IPAddress, self.networks),
                x509.RFC822Name(_NOBODY),
                x509.UniformResourceIdentifier(_NOBODY),
                x509.DirectoryName(x509.Name([ORGANISATION])),
            ],
            excluded_subtrees=[x509.IPAddress(all) for all in _EVERYTHING if all.version not in listed]
            or None,
        )


def constraints_of(certificate: x509.Certificate) -> x509.NameConstraints | None:
    """The name constraints of an authority's certificate, if it has any."""
    try:
        return certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return None


def permitted(name: str, authorities: Iterable[x509.Certificate]) -> bool:
    """Whether these authorities, each above the next, may vouch for a name in its canonical spelling."""
    wanted = general_name(name)
    every = (constraints_of(certificate) for certificate in authorities)
    return all(admits(constraints, wanted) for constraints in every if constraints is not None)


def admits(constraints: x509.NameConstraints, name: x509.GeneralName) -> bool:
    """RFC 5280 §4.2.1.10: "Any name matching a restriction in the excludedSubtrees field is invalid regardless of
    information appearing in the permittedSubtrees"; and what is permitted restricts names of its own kind only.
    """
    same_kind = [each for each in constraints.permitted_subtrees or () if type(each) is type(name)]
    if any(_lies_within(name, each) for each in constraints.excluded_subtrees or ()):
        return False
    return not same_kind or any(_lies_within(name, each) for each in same_kind)


def subject_base(authority: x509.Certificate) -> list[x509.NameAttribute[str | bytes]]:
    """What a leaf's subject has to begin with, where the authority's constraints ask for something."""
    constraints = constraints_of(authority)
    names = constraints.permitted_subtrees or () if constraints is not None else ()
    base = next((each.value for each in names if isinstance(each, x509.DirectoryName)), None)
    return list(base) if base is not None else []


def _lies_within(name: x509.GeneralName, tree: x509.GeneralName) -> bool:
    match name, tree:
        case x509.DNSName(), x509.DNSName():
            return _below(name.value, tree.value)
        case x509.IPAddress(), x509.IPAddress():
            network = tree.value
            assert isinstance(network, Network)
            address = ipaddress.ip_address(str(name.value))
            return address.version == network.version and address in network
        case x509.RFC822Name(), x509.RFC822Name():
            return name.value == tree.value or _on_host(_host_of(name.value), tree.value)
        case x509.UniformResourceIdentifier(), x509.UniformResourceIdentifier():
            return _on_host(_host_of(name.value), tree.value)
        case _:
            return False


def _below(name: str, domain: str) -> bool:
    """A name is below itself; below "" is everything. A leading dot, which some write, leaves the name itself out."""
    name, domain = name.lower(), domain.lower()
    return not domain or name == domain or name.endswith("." + domain.lstrip("."))


def _on_host(host: str, tree: str) -> bool:
    """In e-mail addresses and URIs a constraint is one host, or with a leading dot what lies below it."""
    return host.lower().endswith(tree.lower()) if tree[:1] in {"", "."} else host.lower() == tree.lower()


def _host_of(text: str) -> str:
    """The host of an e-mail address or a URI."""
    after = text.partition("://")[2] or text
    return after.partition("/")[0].rpartition("@")[2].partition(":")[0]


# --- what a person writes --------------------------------------------------------------------------------


def _network(word: str) -> Network | None:
    bare = word.replace("[", "").replace("]", "")
    if "/" not in bare and not _looks_like_an_address(bare):
        return None
    try:
        network = ipaddress.ip_network(bare, strict=False)
    except ValueError as error:
        raise BadScope(
            f"{word!r} is no network of addresses. Write 10.0.0.0/8, 192.168.1.20 or fd00::/8."
        ) from error
    if not network.is_private and network.prefixlen < _WIDEST_PUBLIC[network.version]:
        raise BadScope(
            f"{word} covers a large part of the public Internet, which is no practice any more. "
            f"Name a smaller network (at most /{_WIDEST_PUBLIC[network.version]}), or a private one such as 10.0.0.0/8."
        )
    return network


def _looks_like_an_address(word: str) -> bool:
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True


def _domain(word: str) -> str:
    try:
        name = canonical(word.removeprefix("*").removeprefix("."))
    except BadName as error:
        raise BadScope(
            f"{error} A scope is a list of domains and networks with commas between: test,example.com,10.0.0.0/8."
        ) from error
    if "." not in name and name not in _PRIVATE_ENDS:
        raise BadScope(
            f"{name!r} would permit every site whose name ends with .{name}. Name the domain itself, as in example.{name}."
        )
    return name


def _without_what_lies_below(domains: Iterable[str]) -> tuple[str, ...]:
    """example.com makes www.example.com superfluous."""
    every = tuple(dict.fromkeys(domains))
    return tuple(one for one in every if not any(other != one and _below(one, other) for other in every))
