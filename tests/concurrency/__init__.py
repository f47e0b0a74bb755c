"""Races, with real threads on real databases; each with a twin that has the lock off and must break."""
