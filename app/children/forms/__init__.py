"""What is typed about children, by noun."""
