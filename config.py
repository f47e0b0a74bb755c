"""Every setting of Kith, in one place, read from the environment.

`Settings.from_environment` is the only reader of `os.environ`; README lists the same names with their defaults.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEVELOPMENT_SECRET = "development-only-secret-never-for-real-children"  # noqa: S105  refused in production
ROOT = Path(__file__).resolve().parent


class SettingsRefused(RuntimeError):
    """The environment asks for something Kith will not start with; the text says what to change."""


def _flag(value: str | None, *, default: bool = False) -> bool:
    if value is None or value == "":
        return default
    return value.strip().lower() in {"1", "true", "yes", "on"}


@dataclass(frozen=True)
class Settings:
    """What the environment decided. Times are in seconds, sizes in bytes."""

    environment: str = "development"
    secret_key: str = DEVELOPMENT_SECRET
    database_url: str = ""
    data_dir: Path = field(default_factory=lambda: ROOT / "var")
    debug: bool = False
    allow_sqlite: bool = False
    language: str = "en"  # of the pages; en_XA is invented, for developers
    charity_name: str = "Westbourne Children's Trust (a made-up charity)"
    base_url: str = "http://127.0.0.1:5000"
    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    sqlite_synchronous: str = "FULL"
    smtp_url: str = ""
    mail_from: str = "kith@localhost"
    upload_limit: int = 8 * 1024 * 1024
    idle_limit: int = 30 * 60
    absolute_limit: int = 12 * 60 * 60
    threads: int = 2
    requests_a_minute: int = 0  # of one person, or of one address where nobody is signed in; 0: 300, and none for tests
    second_step: str = ""  # "required" or "offered"; empty: required in production
    workers: int = 0  # web processes; 0 is one for each core
    stripe_key: str = ""  # restricted (rk_...); empty: no Zone can choose Stripe
    stripe_api_base: str = ""  # another address than Stripe's own, for tests
    stripe_webhook_secrets: tuple[str, ...] = ()  # of the endpoint for snapshots: in use, then the one before
    stripe_thin_secrets: tuple[str, ...] = ()  # the same of the endpoint for thin events
    data_keys: tuple[str, ...] = ()  # what seals notes, contacts, papers and bank details: the first seals, the others open
    data_keys_file: Path | None = None  # the same, one a line in a file, which may change while Kith runs
    backup_key: str = ""  # what seals backups

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def pace(self) -> int:
        return self.requests_a_minute or (0 if self.environment == "test" else 300)

    @property
    def requires_second_step(self) -> bool:
        return self.second_step == "required" or (not self.second_step and self.is_production)

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the settings, refusing an unsafe production start.

        Raises SettingsRefused with one sentence naming the variable to change.
        """
        env = os.environ if env is None else env
        data_dir = Path(env.get("KITH_DATA_DIR") or ROOT / "var").expanduser().resolve()
        url = env.get("KITH_DATABASE_URL") or f"sqlite:///{data_dir / 'kith.sqlite3'}"
        port = env.get("PORT") or "5000"
        settings = cls(
            environment=env.get("KITH_ENV") or "development",
            secret_key=env.get("KITH_SECRET_KEY") or DEVELOPMENT_SECRET,
            database_url=_with_driver(url),
            data_dir=data_dir,
            debug=_flag(env.get("KITH_DEBUG")) or _flag(env.get("FLASK_DEBUG")),
            allow_sqlite=_flag(env.get("KITH_ALLOW_SQLITE")),
            language=env.get("KITH_LANGUAGE") or "en",
            charity_name=env.get("KITH_CHARITY_NAME") or cls.charity_name,
            base_url=(env.get("KITH_BASE_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
            allowed_hosts=_several(env.get("KITH_ALLOWED_HOSTS")),
            trusted_proxies=_whole(env, "KITH_TRUSTED_PROXIES", 0),
            sqlite_synchronous=(env.get("KITH_SQLITE_SYNCHRONOUS") or "FULL").upper(),
            smtp_url=env.get("KITH_SMTP_URL") or "",
            mail_from=env.get("KITH_MAIL_FROM") or cls.mail_from,
            upload_limit=_whole(env, "KITH_UPLOAD_LIMIT", cls.upload_limit),
            idle_limit=_whole(env, "KITH_IDLE_LIMIT", cls.idle_limit),
            absolute_limit=_whole(env, "KITH_ABSOLUTE_LIMIT", cls.absolute_limit),
            threads=_whole(env, "KITH_THREADS", cls.threads),
            requests_a_minute=_whole(env, "KITH_REQUESTS_A_MINUTE", cls.requests_a_minute),
            workers=_whole(env, "KITH_WORKERS", cls.workers),
            stripe_key=env.get("KITH_STRIPE_KEY") or "",
            stripe_api_base=env.get("KITH_STRIPE_API_BASE") or "",
            stripe_webhook_secrets=_several(env.get("KITH_STRIPE_WEBHOOK_SECRETS")),
            stripe_thin_secrets=_several(env.get("KITH_STRIPE_THIN_SECRETS")),
            data_keys=_several(env.get("KITH_DATA_KEYS")),
            data_keys_file=Path(env["KITH_DATA_KEYS_FILE"]).expanduser() if env.get("KITH_DATA_KEYS_FILE") else None,
            backup_key=env.get("KITH_BACKUP_KEY") or "",
            second_step=env.get("KITH_SECOND_STEP") or "",
        )
        settings._refuse_what_is_unsafe()
        return settings

    def _refuse_what_is_unsafe(self) -> None:
        if self.environment not in {"development", "test", "production"}:
            raise SettingsRefused(f"KITH_ENV is {self.environment!r}; it is development, test or production.")
        if self.sqlite_synchronous not in {"FULL", "NORMAL", "OFF", "EXTRA"}:
            raise SettingsRefused("KITH_SQLITE_SYNCHRONOUS is FULL, EXTRA, NORMAL or OFF.")
        if self.second_step not in {"", "required", "offered"}:
            raise SettingsRefused("KITH_SECOND_STEP is required or offered.")
        if not self.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise SettingsRefused("KITH_DATABASE_URL must begin with sqlite:/// or postgresql://, like sqlite:////srv/kith/kith.sqlite3.")
        if not self.is_production:
            return
        if self.second_step == "offered":
            raise SettingsRefused("In production KITH_SECOND_STEP must be required: a password alone does not open children's records.")
        if self.secret_key == DEVELOPMENT_SECRET or len(self.secret_key) < 32:
            raise SettingsRefused(
                "In production KITH_SECRET_KEY must be set to at least 32 random characters, "
                f"for example {secrets.token_urlsafe(8)}... of your own making."
            )
        if self.debug:
            raise SettingsRefused("In production KITH_DEBUG and FLASK_DEBUG must be off.")
        if self.database_url.startswith("sqlite") and not self.allow_sqlite:
            raise SettingsRefused(
                "In production KITH_DATABASE_URL should name a PostgreSQL database; set KITH_ALLOW_SQLITE=1 if you really mean SQLite."
            )
        if self.sqlite_synchronous in {"OFF", "NORMAL"}:
            raise SettingsRefused("In production KITH_SQLITE_SYNCHRONOUS must be FULL or EXTRA: what was acknowledged must survive.")
        if not self.data_keys and not self.data_keys_file:
            raise SettingsRefused("In production KITH_DATA_KEYS or KITH_DATA_KEYS_FILE must give the keys that children's notes are sealed with.")
        if any(len(key) < 32 for key in self.data_keys):
            raise SettingsRefused("Each key of KITH_DATA_KEYS must have 32 random characters or more.")
        if not self.allowed_hosts:
            raise SettingsRefused("In production KITH_ALLOWED_HOSTS must name the host names Kith answers to.")

    def flask(self) -> dict[str, object]:
        """The same settings under the names Flask and its extensions read."""
        return {
            "SETTINGS": self,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SESSION_COOKIE_NAME": "__Host-kith" if self.is_production else "kith",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.is_production,
            "SESSION_COOKIE_PATH": "/",
            "MAX_CONTENT_LENGTH": self.upload_limit,
            "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
            "WTF_CSRF_TIME_LIMIT": None,
            "PREFERRED_URL_SCHEME": "https" if self.is_production else "http",
            "KITH_CHARITY_NAME": self.charity_name,
            "KITH_LANGUAGE": self.language,
            "COMPRESS_ALGORITHM": ["br", "gzip"],
            "COMPRESS_BR_LEVEL": 4,
        }


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    raw = env.get(name)
    if not raw:
        return default
    if not raw.isdecimal():
        raise SettingsRefused(f"{name} must be a whole number, not {raw!r}.")
    return int(raw)


def _several(value: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())


def _with_driver(url: str) -> str:
    """`postgres://` and `postgresql://` mean psycopg 3 here."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url
