"""Two exchanges, or the two sides of one, compared: each file knows one part of them. The differences themselves are made in `explain.comparing`."""
