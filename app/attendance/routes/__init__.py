"""The pages of attendance, by noun."""

from app.attendance.routes import days, marks, phones, registers
from app.attendance.routes.blueprint import blueprint

__all__ = ["blueprint", "days", "marks", "phones", "registers"]
