"""What each role's home page shows. One module per role; nothing here writes."""
