"""Reads of commissioning, by noun: money, places, commissions, approvals, statements."""
