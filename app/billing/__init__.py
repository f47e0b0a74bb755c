"""Billing: what partners have earned, on statements that Kith draws up for them, and how these are agreed, verified and paid.

Stands above attendance, because a line is paid only when commission, locked register and tariff agree. Money leaves through
app.payments, which knows a line's key and no more; what happens there comes back by a hook and is posted to the ledger.
"""
