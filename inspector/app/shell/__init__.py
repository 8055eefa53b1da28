"""A terminal whose programs go through the proxy and believe it: nothing but variables, gone when it is closed.

variables   which ones, as a table, and their values for a running Inspector
words       how each shell sets and unsets them
node-proxy.cjs      what Node's older versions lack
"""
