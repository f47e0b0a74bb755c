"""The verbs of this room: taking files in, one transaction each, and the drafts that wait for a decision."""

from app.interchange.services.catalogue import import_catalogue
from app.interchange.services.children import import_children
from app.interchange.services.libraries import import_libraries
from app.interchange.services.mapped import import_any, import_mapped
from app.interchange.services.postcodes import import_postcodes

__all__ = ["import_any", "import_catalogue", "import_children", "import_libraries", "import_mapped", "import_postcodes"]
