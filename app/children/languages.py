"""Languages by their ISO 639 code (and BSL), as people say them. Pure."""

from __future__ import annotations

import re

LANGUAGES = {
    "en": "English", "ar": "Arabic", "so": "Somali", "pl": "Polish", "pt": "Portuguese", "ur": "Urdu", "bn": "Bengali", "fa": "Farsi",
    "es": "Spanish", "fr": "French", "tr": "Turkish", "ro": "Romanian", "uk": "Ukrainian", "ti": "Tigrinya", "am": "Amharic",
    "ku": "Kurdish", "ps": "Pashto", "pa": "Punjabi", "gu": "Gujarati", "hi": "Hindi", "ta": "Tamil", "zh": "Chinese", "it": "Italian",
    "sq": "Albanian", "bg": "Bulgarian", "lt": "Lithuanian", "ru": "Russian", "vi": "Vietnamese", "tl": "Tagalog", "yo": "Yoruba",
    "sw": "Swahili", "hu": "Hungarian", "el": "Greek", "de": "German", "cs": "Czech", "sk": "Slovak", "ja": "Japanese",
    "ne": "Nepali", "si": "Sinhala", "lv": "Latvian", "sr": "Serbian", "bsl": "British Sign Language",
}
_CODE = re.compile(r"^[a-z]{2,3}$")
_BY_NAME = {name.lower(): code for code, name in LANGUAGES.items()}


def language(code: str) -> str:
    """"so" -> "Somali"; a code we have no name for stays as it is."""
    return LANGUAGES.get(code, code)


def find_code(typed: str) -> str | None:
    """"Somali", "somali" or "so" -> "so"; None for what is neither a name we know nor a code."""
    tidy = " ".join(typed.split()).lower()
    return _BY_NAME.get(tidy) or (tidy if _CODE.match(tidy) else None)
