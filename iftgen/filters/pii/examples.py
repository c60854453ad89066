"""Values that are plainly made up: example domains, numbers set aside for fiction, test cards, counted-up digits."""

import re

_DOMAIN = re.compile(
    r"(?:^|\.)(?:example|test|sample|localhost|invalid|domain|yourdomain|mydomain|company|yourcompany|mycompany|"
    r"email|website|"
    r"yourwebsite|mysite|yoursite|abc|xyz|foo|bar|acme|acmecorp|organization|business|placeholder|somewhere|"
    r"xyzcompany|abccompany|"
    r"abccorp|abcinc|contoso)(?:\.[a-z]{2,10}){0,2}$",
    re.I,
)
_LOCAL = re.compile(
    r"(?:your|my|user|username|first|last|name|someone|somebody|email|foo|xyz|abc)[._-]?(?:name|email|lastname|"
    r"last|mail)?\d?",
    re.I,
)
_CARDS = frozenset(
    [
        "4111111111111111",
        "4242424242424242",
        "4012888888881881",
        "4222222222222",
        "4000056655665556",
        "5555555555554444",
        "5105105105105100",
        "5200828282828210",
        "2223003122003222",
        "378282246310005",
        "371449635398431",
        "378734493671000",
        "6011111111111117",
        "6011000990139424",
        "30569309025904",
        "38520000023237",
        "3530111333300000",
        "3566002020360505",
        "4532015112830366",
        "4539578763621486",
    ]
)
_IDS = frozenset(
    [
        "078-05-1120",
        "219-09-9999",
        "987-65-4321",
        "987-65-4320",
        "123-45-6789",
        "457-55-5462",
        "AB123456C",
        "12345678Z",
        "X1234567L",
        "RSSMRA85T10A562S",
        "RSSMRA80A01H501U",
        "86095742719",
        "111-22-3333",
        "111222333",
        "123456782",
        "12345678909",
        "11144477735",
        "255081416802538",
        "999999018",
    ]
)
_IBANS = frozenset(
    [
        "GB82WEST12345698765432",
        "DE89370400440532013000",
        "FR1420041010050500013M02606",
        "GB29NWBK60161331926819",
        "NL91ABNA0417164300",
    ]
)
_FICTION = re.compile(r"(?:\d{3})?555(?:01\d\d|\d{4})|(?:44|0)?(?:7700900|1632960|2079460|1144960|1214960)\d{3}")
_COUNTED = "01234567890123456789"
_PLACEHOLDER = re.compile(
    r"your|xxxx|placeholder|\.\.\.|(.)\1{5}|<|^(?:my_?)?pass(?:word)?_?\d{0,4}!?$|change_?me|^secret_?\d{0,4}$", re.I
)
_MADE_UP_KEY = re.compile(r"example|sample|dummy|fake|1234567|abcdef|test|^user(?:name)?:|p[a@]ss(?:w|\d)|:pass", re.I)


def placeholder(kind: str, value: str) -> bool:
    """Tell whether a value only shows where one belongs, such as `your.name@example.com` or `sk-xxxxxxxx`."""
    if kind == "email":
        local, _, domain = value.partition("@")
        return bool(_DOMAIN.search(domain) and _LOCAL.fullmatch(local))
    return kind == "key" and bool(_PLACEHOLDER.search(value)) and "PRIVATE KEY" not in value


def made_up(kind: str, value: str) -> bool:
    """Tell whether a value of a kind is plainly made up."""
    if kind == "email":
        local, _, domain = value.partition("@")
        return bool(_DOMAIN.search(domain) or _LOCAL.fullmatch(local))
    if kind == "key":
        return bool(_PLACEHOLDER.search(value) or _MADE_UP_KEY.search(value)) and "PRIVATE KEY" not in value
    plain = re.sub(r"[^0-9A-Za-z]", "", value)
    if kind == "phone":
        return bool(_FICTION.fullmatch(plain[-10:])) or bool(_FICTION.fullmatch(plain)) or _counted(plain)
    if kind == "card":
        return plain in _CARDS or len(set(plain)) <= 3
    if kind == "iban":
        return plain in _IBANS
    if kind == "ip":
        return value in ("123.45.67.89", "123.123.123.123")
    return kind == "national_id" and (value in _IDS or plain in _IDS or _counted(plain))


def _counted(digits: str) -> bool:
    tail = digits[-7:]
    return len(set(tail)) <= 1 or tail in _COUNTED or tail in _COUNTED[::-1] or len(set(digits)) <= 2
