"""Pages of introductions, by noun."""

from app.introductions.routes import (
    answering,
    endings,
    hearing,
    links,
    listening,
    meeting,
    messages,
    pages,
    starting,
    together,
)
from app.introductions.routes.blueprint import blueprint

__all__ = ["answering", "blueprint", "endings", "hearing", "links", "listening", "meeting", "messages", "pages", "starting", "together"]
