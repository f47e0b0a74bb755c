"""What must hold of organisations, their papers, offerings, groups, sessions, imports and search."""
