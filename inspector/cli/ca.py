"""`inspector ca`: the certificate authority of a home, and who trusts it."""

from __future__ import annotations

from inspector.cli.lazy import LazyGroup, Part

PARTS = {
    "status": Part("inspector.cli.ca_status", "Say what authority there is, and which trust stores believe it."),
    "path": Part("inspector.cli.ca_path", "Print the path of the authority's certificate, for curl --cacert and the like."),
    "export": Part("inspector.cli.ca_export", "Write the authority's certificate in the form that a system, a phone or Java asks for."),
    "trust": Part("inspector.cli.ca_trust", "Make this computer's programs believe the authority."),
    "untrust": Part("inspector.cli.ca_untrust", "Take the authority out of the trust stores, and prove that nothing is left."),
    "renew": Part("inspector.cli.ca_renew", "Make a new authority of the same kind in place of this one."),
    "new": Part("inspector.cli.ca_new", "Make an authority: for a few names only, or for all."),
}  # fmt: skip

command = LazyGroup(
    "ca", parts=PARTS, help="The certificate authority: where it is, who trusts it, a new one.", no_args_is_help=True
)  # fmt: skip
