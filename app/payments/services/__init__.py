"""The verbs of payments, by noun: payees, runs, payments (settling), settings, the cash book."""
