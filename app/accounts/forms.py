"""What people type about themselves, other people, schools and Zones."""

from __future__ import annotations

from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from app.shared.forms import AddressField, KithForm


class SignInForm(KithForm):
    email = AddressField("E-mail address", [InputRequired("Type your e-mail address.")])
    password = PasswordField("Password", [InputRequired("Type your password."), Length(max=1000)])
