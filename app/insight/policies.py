"""Insight's pages are for anybody signed in; what stands on them is narrowed by role in queries."""

from app.shared.web import signed_in

__all__ = ["signed_in"]
