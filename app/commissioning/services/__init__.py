"""The verbs of commissioning, by noun: ledger, funds, envelopes, places, waiting, commissions, decisions, delivery, clock, settings."""
