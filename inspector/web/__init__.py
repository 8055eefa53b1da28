"""Floor 6: Flask. The dashboard, its API and its live feed; and the pages the engine shows in people's browsers.

A page is a view of about ten lines, `present` (pure functions from an exchange to what a template prints) and a
template. Views get what they need from the function that makes their blueprint; nothing is looked up in globals.
What changes something is a POST with a CSRF token. What was captured is never more than text here.
"""
