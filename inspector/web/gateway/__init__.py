"""Open a site here: any site under a name of the dashboard's own, without a setting in the browser.

Each site is an origin of its own (`example-com-7f3a.localhost`), which only a browser that came from the dashboard may use. What it asks goes through the engine.
"""
