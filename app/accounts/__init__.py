"""Accounts: people and their scoped roles, sign-in, Zones, and schools with their days.

A role grant says who may do what where; sign-ins are rows that end at once. Everything above may call its queries and policies.
"""
