"""Codes that people read from paper and type: 12 characters of an alphabet without I, L, O, 0 and 1.

31 ** 12 is about 2 ** 59: guessing is hopeless behind the limits of the pages that take a code.
"""

import secrets

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 12
_CYRILLIC = str.maketrans("АВЕЗКМНРСТУХ", "ABE3KMHPCTYX")


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normalise(typed: str) -> str:
    """The code behind what was typed (case, spaces, hyphens, Russian look-alikes); empty if it cannot be a code."""
    code = "".join(c for c in typed.upper().translate(_CYRILLIC) if c.isalnum())
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def show_code(code: str) -> str:
    """In fours, as it stands on posters: ABCD-EFGH-JKLM."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
