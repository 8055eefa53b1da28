"""A class kit: everything that a computer without a network needs, in a folder for a stick; installed per user, without an administrator.

`targets.py` are the systems, `parts.py` which packages each of them needs, `making.py` fetches them, `install.py` is the script that goes along.
"""
