"""Rules: what a person wants changed in traffic that matches a filter. Pure: text in; decisions, and the sentences for them, out.

A rule has a name, a scope in the filter language and one action; `actions` has a file for each. Rules are asked in their order. What
they do adds up, except that only one can answer in the site's place or send the request elsewhere: the first that fits. The engine carries out what is
decided here, at the two moments at which a head is known; nothing else in a message's framing is in a rule's reach.
"""
