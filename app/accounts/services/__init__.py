"""The verbs of accounts, by noun: sign_ins, passwords, people, schools, zones."""

from app.accounts.services.sign_ins import end_sign_in, sign_in, sign_out

__all__ = ["end_sign_in", "sign_in", "sign_out"]
