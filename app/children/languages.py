"""Languages by their ISO 639 code (and BSL), as people say them. Pure."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l

LANGUAGES = {
    "en": _l("English"), "ar": _l("Arabic"), "so": _l("Somali"), "pl": _l("Polish"), "pt": _l("Portuguese"), "ur": _l("Urdu"), "bn": _l("Bengali"), "fa": _l("Farsi"),
    "es": _l("Spanish"), "fr": _l("French"), "tr": _l("Turkish"), "ro": _l("Romanian"), "uk": _l("Ukrainian"), "ti": _l("Tigrinya"), "am": _l("Amharic"),
    "ku": _l("Kurdish"), "ps": _l("Pashto"), "pa": _l("Punjabi"), "gu": _l("Gujarati"), "hi": _l("Hindi"), "ta": _l("Tamil"), "zh": _l("Chinese"), "it": _l("Italian"),
    "sq": _l("Albanian"), "bg": _l("Bulgarian"), "lt": _l("Lithuanian"), "ru": _l("Russian"), "vi": _l("Vietnamese"), "tl": _l("Tagalog"), "yo": _l("Yoruba"),
    "sw": _l("Swahili"), "hu": _l("Hungarian"), "el": _l("Greek"), "de": _l("German"), "cs": _l("Czech"), "sk": _l("Slovak"), "ja": _l("Japanese"),
    "ne": _l("Nepali"), "si": _l("Sinhala"), "lv": _l("Latvian"), "sr": _l("Serbian"), "bsl": _l("British Sign Language"),
}
_CODE = re.compile(r"^[a-z]{2,3}$")
_BY_NAME = {name.lower(): code for code, name in LANGUAGES.items()}


def language(code: str) -> str:
    """"so" -> "Somali"; a code we have no name for stays as it is."""
    return str(LANGUAGES.get(code, code))


def find_code(typed: str) -> str | None:
    """"Somali", "somali" or "so" -> "so"; None for what is neither a name we know nor a code."""
    tidy = " ".join(typed.split()).lower()
    return _BY_NAME.get(tidy) or (tidy if _CODE.match(tidy) else None)
