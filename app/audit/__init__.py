"""Audit: who did what to which thing, when and why (AuditEntry), and who looked at which child (Sight).

Both only ever grow; the database refuses to change or delete them. Every room above may call its services.
"""
