"""Introductions: the warm bringing-together of child, family and a named person. Views, the warmth check, meeting, settling.

A child's no cannot be overridden here or anywhere. Commissioning listens to endings through callbacks wired in create_app.
"""
