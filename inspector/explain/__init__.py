"""Floor 3: an exchange, with its connections and siblings, in; sentences, checks and pictures' data out.

Pure: no socket, no file, no clock but the one handed in. Every sentence is made from evidence in the exchange; what cannot be
seen from here is said to be so. Computed when somebody looks, never when something is captured.
"""
