"""Catalogue: organisations and their documents and practitioners, offerings, tariffs, cohorts, sessions, places on the map; search.

It knows nothing of children. How many places of a cohort are free is commissioning's to say.
"""
