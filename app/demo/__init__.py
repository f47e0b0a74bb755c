"""The demo Zones: invented children, people, partners and money, made through the services so that audit and ledger are true.

Every name here is our own invention. Deterministic: the same seed and the same day give the same Zone.
"""
