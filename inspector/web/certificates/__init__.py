"""The Certificates entry: your authority and who trusts it, make one, read one, refused connections, the bad-TLS lab.

Whoever may see the dashboard may see certificates. What needs the authority's key, and what makes Inspector call at some server, is for a
browser on this computer alone: a private key must not cross a network, and a dashboard must not be a way into somebody else's.
"""
