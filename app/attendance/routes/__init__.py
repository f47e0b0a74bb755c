"""The pages of attendance, by noun."""

from app.attendance.routes import marks, phones, registers
from app.attendance.routes.blueprint import blueprint

__all__ = ["blueprint", "marks", "phones", "registers"]
