"""Trust stores: the lists of authorities that programs believe, one file here for each kind, behind one interface.

    look(authority)      what of ours is in the store, by fingerprint; reads, and changes nothing
    to_trust, to_untrust the steps, as sentences and the very commands: what is shown beforehand is what is run
    prove                not that a command ended well, but that a certificate of ours is now believed (or no longer is)

`stores.py` finds the stores of this computer, `acts.py` carries steps out. Where root is needed and we aren't, the steps are what to type.
Nothing here asks a question or prints a word: that is for the command line and the pages.
"""
