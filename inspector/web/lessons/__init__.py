"""Learn: the course page, one lesson at a time with its ticks as traffic comes, the same on a screen for a class, and the strip on other pages."""
