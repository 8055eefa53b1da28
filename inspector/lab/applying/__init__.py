"""Applying for a certificate for my.inspector.test, one step at a time: a small ACME client (RFC 8555) that a person drives by a button.

`steps` says what there is to do, in words; `applicant` does it, through the proxy, so that each request can be looked at; `talking` signs and sends;
`keeping` is what it remembers from step to step.
"""
