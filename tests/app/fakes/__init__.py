"""Children that speak the protocol and do nothing else; FAKE_<ROLE> in the environment makes one misbehave."""
