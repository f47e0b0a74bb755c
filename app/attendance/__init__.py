"""Attendance: registers and their marks, what each mark earns, and who is asked to follow up the same day.

Nouns: Mark (one child at one session, one revision) and FollowUp (what the Link Worker found out). Insight reads here; money
moves through commissioning's delivery alone.
"""
