"""The practice sites: real Flask apps, one folder each, that a learner may read and take home.

They import Flask and each other's `basics`, and nothing else of this package, so that a copied folder runs by itself.
"""
