"""Identifiers of GS1 and their check digits: GTIN-8, -12, -13, -14, GLN, SSCC.

All are judged, none is changed: what came is what is echoed, and a wrong check digit is data (a finding or a gap), not
an exception. `gtin14` gives the form in which GTINs are compared, and nothing else uses it.
Source: GS1 General Specifications, 7.9 "Check digit calculations".
"""

GTIN_LENGTHS = (8, 12, 13, 14)
GLN_LENGTH = 13
SSCC_LENGTH = 18
SSCC_APPLICATION_IDENTIFIER = "00"


def check_digit(digits: str) -> str:
    """The check digit that belongs behind these digits: weights 3 and 1 in turn from the right, up to the next ten."""
    total = sum(int(digit) * (1 if position % 2 else 3) for position, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def _is_number_of(text: str, *lengths: int) -> bool:
    return len(text) in lengths and text.isascii() and text.isdigit() and check_digit(text[:-1]) == text[-1]


def is_gtin(text: str) -> bool:
    """Whether this is a GTIN of 8, 12, 13 or 14 digits with the right check digit."""
    return _is_number_of(text, *GTIN_LENGTHS)


def is_gln(text: str) -> bool:
    """Whether this is a global location number: 13 digits with the right check digit."""
    return _is_number_of(text, GLN_LENGTH)


def is_sscc(text: str) -> bool:
    """Whether this is a serial shipping container code with the right check digit, with or without its AI 00."""
    return _is_number_of(sscc18(text), SSCC_LENGTH)


def sscc18(text: str) -> str:
    """The SSCC without the application identifier 00 of a label.

    The length decides (20 digits), since an SSCC of 18 digits may itself begin with 00.
    """
    with_identifier = len(text) == SSCC_LENGTH + 2 and text.startswith(SSCC_APPLICATION_IDENTIFIER)
    return text[2:] if with_identifier else text


def gtin14(text: str) -> str | None:
    """A GTIN as 14 digits, filled with zeros on the left, for comparing only; None where this cannot be a GTIN.

    The check digit is not asked for: a number with a wrong one still equals itself.
    """
    if len(text) in GTIN_LENGTHS and text.isascii() and text.isdigit():
        return text.zfill(14)
    return None
