"""Insight: home pages by role, the menu, and `kith check`, which proves the invariants. It reads every room and writes nothing.

Nouns: what each role's day shows (queries), Entry (navigation), Check (checks).
"""
