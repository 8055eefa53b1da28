"""my.inspector.test: the learner's own site, in a process of its own, since their code may hang, end its process or not even be Python.

`server` is the lab's side: it starts that process, stops it, and starts it anew when a file was saved; `child` is the process; `loading` finds
the app in a folder; `pages` say what is wrong with it; `handing` gives the listening sockets from one to the other.
"""
