"""Pages of the catalogue: finding, offerings, organisations with their papers and people, groups and sessions."""

from app.catalogue.routes import cohorts, documents, finding, offerings, organisations
from app.catalogue.routes.blueprint import blueprint

__all__ = ["blueprint", "cohorts", "documents", "finding", "offerings", "organisations"]
