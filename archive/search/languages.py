"""Languages as readers write them -> the code that stories have."""

from functools import cache

from django.conf.locale import LANG_INFO


def code_of(text: str) -> str:
    """Return the code of a language by its code or its name, in English or in itself; "" if it is none."""
    text = text.strip().lower()
    return text if _is_code(text) else _codes().get(text, "")


def _is_code(text: str) -> bool:
    first, _, rest = text.partition("-")
    return first.isascii() and first.isalpha() and len(first) in (2, 3) and (not rest or rest.isalnum())


@cache
def _codes() -> dict[str, str]:
    known = [(code, info) for code, info in LANG_INFO.items() if "name" in info and "-" not in code]
    return {info[key].lower(): code for key in ("name_local", "name") for code, info in known}
