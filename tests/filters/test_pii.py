import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iftgen.errors import ConfigError
from iftgen.filters.pii import Pii
from tests.filters.rows import row

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI4ODE3MjYzIn0.dBjftJeZ4CVPmB92K27uhbUJU1p1r_wW1gFWFOEjXk"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Write to maria.keller@gmail.com today.", "Write to [EMAIL_1] today."),
        ("Call +49 30 901820-1 or +1 (415) 732-9184.", "Call [PHONE_1] or [PHONE_2]."),
        ("Call me: 415-732-9184.", "Call me: [PHONE_1]."),
        ("My phone is 07911 482635.", "My phone is [PHONE_1]."),
        ("Tél. 06 12 43 56 79", "Tél. [PHONE_1]"),
        ("Pay to FR76 3000 6000 0112 3456 7890 189.", "Pay to [IBAN_1]."),
        ("Card 4929 1234 5678 9016, exp 10/27", "Card 4929 1234 5678 9016, exp 10/27"),  # Luhn fails
        ("Card 4556 7375 8689 9855, exp 10/27", "Card [CARD_1], exp 10/27"),
        ("The SSN is 536-22-8714.", "The SSN is [ID_1]."),
        ("NINO: JG 10 37 59 A", "NINO: [ID_1]"),
        ("Aadhaar 2341 2341 2346", "Aadhaar [ID_1]"),
        ("CPF 529.982.247-25", "CPF [ID_1]"),
        ("DNI 45871236S", "DNI 45871236S"),  # wrong letter
        ("The server is 93.184.216.34.", "The server is [IP_1]."),
        (f"Token {JWT} works", "Token [KEY_1] works"),
        ("key ghp_16C7e42F292c6912E7710c838347Ae178B4a", "key [KEY_1]"),
        ("AKIAQ3EGTRZ7PLK2WXYU is the id", "[KEY_1] is the id"),
        ("AKIAIOSFODNN7EXAMPLE is the id", "[KEY_1] is the id"),
        ("password: hunter2", "password: [KEY_1]"),
        ("My password is hunter2.", "My password is [KEY_1]."),
        ('PASSWORD="Sommer2024!"', 'PASSWORD="[KEY_1]"'),
        ("AWS secret key: kQ7x/TrLm2VbN9wZp+Ye4HsUc8JdGf1Ao3Ri5Kt6", "AWS secret key: [KEY_1]"),
        ("postgres://admin:s3cr3t@db.corp.com:5432/app", "postgres://[KEY_1]@db.corp.com:5432/app"),
        ("postgres://user:pass@host", "postgres://[KEY_1]@host"),
        ("The server is 2a00:1450:4001:82a::200e.", "The server is [IP_1]."),
        ("at 2607:f8b0::1, ok", "at [IP_1], ok"),
        ("NHS number 943 476 5919", "NHS number [ID_1]"),
        ("My passport number is 533401372", "My passport number is [ID_1]"),
        ("Reisepass Nr. C01X00T47", "Reisepass Nr. [ID_1]"),
        ("Ring 020 7946 0958", "Ring [PHONE_1]"),
        ("Tel: 0221 - 98 76 54", "Tel: [PHONE_1]"),
        ("Call 32 14 56 78", "Call [PHONE_1]"),
        ("to john dot doe at gmail dot com please", "to [EMAIL_1] please"),
        ("mary [at] corp [dot] de", "[EMAIL_1]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----", "[KEY_1]"),
    ],
)
def test_values_are_masked(text: str, masked: str) -> None:
    candidate = row(text, text)
    assert Pii().check_instruction(candidate).keep
    assert (candidate.instruction, candidate.output) == (masked, masked)


@pytest.mark.parametrize(
    "text",
    [
        "In 1998-2004 the price rose from 1,234,567.89 to 2,345,678.90 dollars.",
        "ISBN 978-3-16-148410-0 and ISBN-10 0-306-40615-2",
        "Version 10.0.19045.3803, then 2.5.29.31 and v115.0.5790.170",
        "3.14159265358979323846 times 2.718281828459045",
        "12 + 3456789012 = 3456789024, and 4929123456789012 / 2",
        "<<100-12-36-9=43>>43 problems left",
        "On 2023-11-05 at 12:34:56 the id was 550e8400-e29b-41d4-a716-446655440000.",
        "ssh root@localhost, then 192.168.0.12 and 10.0.0.1 and 203.0.113.7 and 2001:db8::1",
        "The number 123456789 is divisible by 9; 9876543210 is even.",
        "def f(x): return x@y  # matrix product of a@b",
        "Order 1234567 was sent, tracking 1Z999AA10123456784.",
        "Population: 331 002 651 in 2020.",
        "Coordinates 48.8566, 2.3522; ratio 16:9; sizes 100-200-300",
        "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "@decorator and @user on the timeline",
        "The binary number 1011010111001010 is large.",
        "mail your.name@example.com or user@example.com",
        "api_key = 'YOUR_API_KEY_HERE_1234567'",
        "password: str = Field(), password = input('x'), password=os.environ['P1'], password=$DB_PASS1",
        "Password: at least 8 characters. The password is 8-characters long.",
        "password: password123, password = 'changeme1', password: row.password2",
        "f'postgres://{user}:{word}@{host}' and http://example.com/a:b@c",
        "Look at google dot com at noon",
        "NHS budget was 1234567890 pounds; NHS number 943 476 5918",
        "I have a passport and 3000000 dollars; the passport was issued in 2019",
        "std::vector<int> a::b, a[::2], at 10::30, mac 00:1a:2b:3c:4d:5e, fe80::1 and ::1",
        "The phone was sold 12 000 000 times; call it 12345678 times",
    ],
)
def test_lookalikes_are_left_alone(text: str) -> None:
    candidate = row(text, text)
    verdict = Pii(action="reject").check_instruction(candidate)
    assert verdict.keep, verdict.reason
    assert Pii().check(candidate).keep
    assert candidate.instruction == text
    assert candidate.history == []


def test_what_is_plainly_made_up_can_be_left_alone() -> None:
    text = "mail example@example.com, 555-0123, (212) 555-0199, 4111 1111 1111 1111, 123-45-6789, "
    text += "AKIAIOSFODNN7EXAMPLE, postgres://user:pass@host"
    assert Pii(action="reject", examples="keep").check_instruction(row(text)).keep
    assert not Pii(action="reject").check_instruction(row(text)).keep


def test_same_value_same_number_throughout_the_row() -> None:
    candidate = row("Mail ann@posteo.de and bob@posteo.de", "To bob@posteo.de", input="From ANN@posteo.de")
    candidate.messages = [
        {"role": "user", "content": "Mail ann@posteo.de"},
        {"role": "assistant", "content": "To bob@posteo.de"},
    ]
    verdict = Pii().check_instruction(candidate)
    assert (candidate.instruction, candidate.input) == ("Mail [EMAIL_1] and [EMAIL_2]", "From [EMAIL_1]")
    assert candidate.output == "To [EMAIL_2]"
    assert [one["content"] for one in candidate.messages] == ["Mail [EMAIL_1]", "To [EMAIL_2]"]
    assert candidate.history == [{"filter": "pii", "masked": {"email": 2}}]
    assert verdict.keep


def test_masking_twice_changes_nothing_and_a_response_goes_on_counting() -> None:
    candidate = row("Mail ann@posteo.de", "")
    one = Pii()
    one.check_instruction(candidate)
    one.check_instruction(candidate)
    candidate.output = "Then bob@posteo.de"
    one.check(candidate)
    assert (candidate.instruction, candidate.output) == ("Mail [EMAIL_1]", "Then [EMAIL_2]")
    assert candidate.history == [{"filter": "pii", "masked": {"email": 2}}]


def test_reject_hints_at_the_value_without_telling_it() -> None:
    verdict = Pii(action="reject").check_instruction(row("Mail maria.keller@gmail.com", ""))
    assert not verdict.keep
    assert verdict.reason == "the row holds 1 e-mail address: 'mar…'"
    assert (verdict.score, verdict.threshold) == (1, 0)


def test_kinds_examples_and_fields() -> None:
    text = "Mail maria.keller@gmail.com or call 415-732-9184"
    assert Pii(action="reject", kinds=["iban"]).check_instruction(row(text)).keep
    assert not Pii(action="reject", examples="treat").check_instruction(row("Mail ann@example.com")).keep
    assert Pii(action="reject", fields=["output"]).check_instruction(row(text, "Done.")).keep
    assert not Pii(action="reject", kinds=["address"]).check_instruction(row("I live at 12 Maple Street.")).keep


def test_settings_that_do_not_fit() -> None:
    with pytest.raises(ConfigError, match=r"filters\.pii\.kinds: 'mail' does not fit"):
        Pii(kinds=["mail"])
    with pytest.raises(ConfigError, match=r"filters\.pii\.fields: 'x' does not fit"):
        Pii(fields=["x"])


@given(st.text(max_size=200), st.text(alphabet="0123456789 .-+()@aA:/", max_size=120))
def test_no_text_raises(text: str, digits: str) -> None:
    candidate = row(text, digits, input=f"phone {digits}{text}")
    Pii(examples="treat").check_instruction(candidate)
    before = (candidate.instruction, candidate.input, candidate.output)
    Pii(action="reject").check(candidate)
    assert before == (candidate.instruction, candidate.input, candidate.output)


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "a@",
        "a.",
        "+1",
        "12-",
        "AB12 ",
        "eyJ.",
        "1.2.",
        "f:",
        "sk-",
        "a dot ",
        "a[at]",
        "pwd: ",
        "a://b:c",
        "a::",
    ],
)
def test_long_texts_take_little_time(piece: str) -> None:
    begun = time.process_time()
    Pii().check_instruction(row(piece * (200_000 // len(piece)), ""))
    assert time.process_time() - begun < 5


def test_answers_that_were_not_chosen_are_masked_too() -> None:
    one = row("Whom do I ask?", "Ask eva@post-box.org.", alternatives=["Ask jan@post-box.org.", "Ask nobody."])
    assert Pii().check(one).keep
    assert (one.output, one.alternatives) == ("Ask [EMAIL_1].", ["Ask [EMAIL_2].", "Ask nobody."])
    left = row("Whom do I ask?", "Nobody.", alternatives=["Ask jan@post-box.org."])
    assert Pii(action="reject").check(left).keep and left.alternatives == ["Ask jan@post-box.org."]
