"""Floor 7: the one place that knows every floor. It builds, starts, supervises and stops them.

`inspector run` is the supervisor (`supervisor`): it binds the sockets, starts engine, recorder and web as
processes of their own (`processes` is its side, `child` is theirs), and brings back what dies.
The supervisor imports none of the floors it starts: that keeps it small, and the start quick.
"""
