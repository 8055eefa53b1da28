"""Floor 5: sites served on this computer, at real names, that the engine leads to: the bad-TLS lab and the practice sites.

They are real servers on loopback sockets, with chains from a lab root that is not the authority of this home, so that both
sides of an exchange and both chains exist without a network.
"""
