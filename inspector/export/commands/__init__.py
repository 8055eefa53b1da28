"""One exchange as other tools say it: a file for each, and `table` of them all.

Each takes an `Asking` and gives a text to paste. What was captured is hostile: every value goes through the quoting of the language that
the text is in, and comes out of it as the same bytes, as far as the tool can send them.
"""
