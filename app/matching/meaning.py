"""The table of meanings stands in the catalogue, below: search reads it too."""

from app.catalogue.search.meaning import Meanings, meanings

__all__ = ["Meanings", "meanings"]
