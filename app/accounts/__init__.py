"""Accounts: people, sign-in, Zones, schools and their term dates, scoped roles. Every room above may ask who somebody is."""
