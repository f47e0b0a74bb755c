"""The pages of attendance, by noun."""

from app.attendance.routes import days, marks, phones, registers, weeks
from app.attendance.routes.blueprint import blueprint

__all__ = ["blueprint", "days", "marks", "phones", "registers", "weeks"]
