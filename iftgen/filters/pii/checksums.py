"""Check digits of cards, accounts and national numbers; each function takes the characters without separators."""

import re

_VERHOEFF_D = [
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
]
_VERHOEFF_P = [
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
]
_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17,
         19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
        strict=True,
    )
)  # fmt: skip
_IBAN_LENGTHS = dict(
    re.findall(
        r"([A-Z]{2})(\d\d)",
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 "
        "FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 "
        "LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SE24 SI19 SK24 "
        "SM27 TN24 TR26 UA29 VA22 XK20",
    )
)
_CARD = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|"
    r"3(?:0[0-5]|[68]\d)\d{11}|"
    r"6(?:011|5\d\d|4[4-9]\d)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}"
)


def luhn(digits: str) -> bool:
    """Check the last digit by the Luhn algorithm (ISO/IEC 7812)."""
    doubled = (int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def card(digits: str) -> bool:
    """Tell whether these are the digits of a payment card: a known prefix and length, and Luhn."""
    return bool(_CARD.fullmatch(digits)) and luhn(digits)


def iban(text: str) -> bool:
    """Check length and check digits of an IBAN (ISO 13616, modulo 97)."""
    if _IBAN_LENGTHS.get(text[:2]) != f"{len(text):02}":
        return False
    return int("".join(str(int(ch, 36)) for ch in text[4:] + text[:4])) % 97 == 1


def aadhaar(digits: str) -> bool:
    """Check an Indian Aadhaar number by the Verhoeff algorithm."""
    state = 0
    for at, digit in enumerate(reversed(digits)):
        state = int(_VERHOEFF_D[state][int(_VERHOEFF_P[at % 8][int(digit)])])
    return state == 0


def steuer_id(digits: str) -> bool:
    """Check a German tax number: ISO 7064 modulo 11, 10, and one of the first ten digits twice or three times."""
    product = 10
    for digit in digits[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return digits[0] != "0" and 8 <= len(set(digits[:10])) <= 9 and (11 - product) % 10 == int(digits[10])


def nir(digits: str) -> bool:
    """Check a French social security number: the key is 97 less the rest by 97."""
    return 97 - int(digits[:13]) % 97 == int(digits[13:])


def dni(text: str) -> bool:
    """Check the letter of a Spanish DNI or NIE."""
    number = int(text[:-1].translate(str.maketrans("XYZ", "012")))
    return _DNI[number % 23] == text[-1]


def bsn(digits: str) -> bool:
    """Check a Dutch citizen service number by the eleven test."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return (
        sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0
        and digits[0:2] != "00"
    )


def nhs(digits: str) -> bool:
    """Check the last digit of a British NHS number by the eleven test."""
    total = sum(int(digit) * (10 - at) for at, digit in enumerate(digits[:9]))
    return len(set(digits)) > 1 and (11 - total % 11) % 11 == int(digits[9])


def cpf(digits: str) -> bool:
    """Check both check digits of a Brazilian CPF."""

    def check(size: int) -> int:
        total = sum(int(digit) * (size + 1 - at) for at, digit in enumerate(digits[:size]))
        return total * 10 % 11 % 10

    return len(set(digits)) > 1 and check(9) == int(digits[9]) and check(10) == int(digits[10])


def codice_fiscale(text: str) -> bool:
    """Check the last letter of an Italian codice fiscale."""
    values = (_ODD[ch] if at % 2 == 0 else _even(ch) for at, ch in enumerate(text[:15]))
    return chr(65 + sum(values) % 26) == text[15]


def _even(ch: str) -> int:
    return int(ch) if ch.isdigit() else ord(ch) - 65
