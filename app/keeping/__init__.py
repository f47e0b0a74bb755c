"""Keeping: what is kept of people, sealed under which key, for how long, and what goes when it must.

Keys, backups, retention, holds, erasure and the hand-over of a Zone. Stands above every room whose data it handles; nobody calls it.
"""
