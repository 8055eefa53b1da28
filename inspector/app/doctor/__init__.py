"""The set-up check: why nothing appears, or why HTTPS fails, and what to do. One check, one file; `table` lists them.

A check gets a `Case` (what is known of this home and this computer, read once) and yields findings. It changes nothing, asks nobody outside but through
Inspector's own proxy, and has a time limit for whatever may not answer. What it cannot see from here it says to be `open`. `site` tries one site.
"""
