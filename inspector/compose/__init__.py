"""Requests made by a person: repeated, changed, written from nothing, read from a cURL command. Pure: no socket is touched here.

A `Draft` is what stands in the form; a `Ready` is what is sent, to the byte as far as HTTP allows.
"""
