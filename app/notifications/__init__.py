"""Notifications: the transactional outbox and its worker, the e-mail gateway, and the tasks on people's lists.

Rooms above post messages and open tasks inside their own transactions, and register handlers and sweeps when the app is made.
"""
