"""Names out of the records: their prompt ids."""

import hashlib
import unicodedata
from functools import lru_cache

KEPT = 4096


@lru_cache(KEPT)
def name_id(text: str) -> str:
    """The prompt id of a name: ``name/`` and 16 hexadecimal digits, the same however its accents are encoded."""
    tidy = unicodedata.normalize("NFC", " ".join(text.split()))
    return f"name/{hashlib.sha256(tidy.encode()).hexdigest()[:16]}"
