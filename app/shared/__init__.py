"""The floor of the house: database, states, clock, money, errors, forms, web. No domain word lives here; every room may call it."""
