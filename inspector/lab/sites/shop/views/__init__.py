"""What the shop answers, one file for each part. A view reads the request, asks the store or the accounts, and renders or redirects."""
