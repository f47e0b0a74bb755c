"""Payments: money on its way out. Payees and their bank details, payment runs, rails (bank file, Stripe, manual), the cash book; and money asked of funders by invoice.

Knows what is payable by a key and an amount, not what it buys: the rooms above bring bills, and hear through app.payments.hooks what
became of them. docs/money.md says how a payment is made once.
"""
