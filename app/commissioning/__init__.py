"""Commissioning: funds, envelopes, the ledger, places and holds, the waiting list, commissions and their approval.

The only room that consumes capacity or money. Every verb that does locks Cohort, Fund, Envelope, Commission rows in that order.
"""
