"""What the dashboard sends itself: repeated, changed, composed, raw. All of it goes through the engine and is captured like the rest."""
