"""Introductions: the warm bringing-together of child, family and a named person. Views, the warmth check, meeting, settling.

A child's no cannot be overridden here or anywhere. Commissioning and attendance answer and listen through `hooks`.
One thing beyond FLOWS: where nobody of an organisation signs in to Kith (a library, a park) and no money is at stake, the Link Worker
writes down who there said yes or no; without it no local asset could ever answer.
"""
