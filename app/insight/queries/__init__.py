"""What each role's home page and menu show. One module per role; nothing here writes."""
