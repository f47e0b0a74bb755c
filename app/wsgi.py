"""What the WSGI server loads."""

from app import create_app
from app.catalogue.search import warming

app = create_app()
warming.begin(app)
