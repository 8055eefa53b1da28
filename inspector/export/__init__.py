"""Out of Inspector and in again: HAR files, one exchange as a command for another tool. Pure: exchanges in, bytes and text out, and back.

`whole` gathers what is known of one exchange and takes its secrets away; `har` writes and reads HTTP Archives; `commands` are the
ways to say one request to other tools. What leaves is redacted unless it is asked otherwise, and says how much was.
"""
