"""Matching: offerings ranked for one child, with the reasons, the one thing worth knowing, and what was ruled out by which rule."""
