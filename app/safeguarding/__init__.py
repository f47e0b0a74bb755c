"""Safeguarding: concerns about a child's safety, who looked at whom, and looks by those who see no child.

Few read here. A concern is in nobody's ordinary timeline: its entries in the trail name no child. Stands on children; nobody calls it.
"""
