"""The public-key side of Inspector: its authority, the leaves it issues, TLS contexts, certificates in words."""
