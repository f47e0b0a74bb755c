"""Pages of the catalogue: finding, comparing, saved searches, gaps, words; offerings, organisations with their papers and people,
groups and sessions."""

from app.catalogue.routes import (
    cohorts,
    compare,
    documents,
    finding,
    gaps,
    histories,
    merges,
    offerings,
    organisations,
    papers,
    photos,
    proposals,
    saved,
    series,
    sites,
    words,
)
from app.catalogue.routes.blueprint import blueprint

__all__ = [
    "blueprint", "cohorts", "compare", "documents", "finding", "gaps", "histories", "merges", "offerings", "organisations", "papers", "photos", "proposals", "saved",
    "series", "sites", "words",
]
