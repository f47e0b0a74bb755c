"""The pages of accounts, by noun."""

from app.accounts.routes import account, passkeys, people, schools, second_steps, sign_ins, zones
from app.accounts.routes.blueprint import blueprint

__all__ = ["account", "blueprint", "passkeys", "people", "schools", "second_steps", "sign_ins", "zones"]
