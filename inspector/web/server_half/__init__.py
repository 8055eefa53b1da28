"""The server's half of an exchange: taken from apps (`receiving`), found again for a page (`half`)."""
