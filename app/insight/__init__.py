"""Insight: home pages by role, and `kith check`, which proves the invariants. Writes nothing."""
