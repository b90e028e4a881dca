import pytest

from accounts import rules
from accounts.errors import BadName, BadUsername
from imserver.errors import BadContent

WIPED_BY_NFC = "e\u0301"


@pytest.mark.parametrize("name", ["ann", "a.b_c-9", "x" * 32])
def test_a_user_name_is_plain_ascii(name: str) -> None:
    assert rules.username(name) == name


def test_a_user_name_is_kept_in_lower_case() -> None:
    assert rules.username("Ann") == "ann"


@pytest.mark.parametrize(
    "name", ["ab", "x" * 33, "a b", "ann\n", "änne", "\u212aate", "\u0430nn", "ann@x", "", "an\0n"]
)
def test_any_other_user_name_is_refused(name: str) -> None:
    with pytest.raises(BadUsername):
        rules.username(name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ann  ", "Ann"),
        (WIPED_BY_NFC, "é"),
        ("Ann\u202egpj", "Anngpj"),
        ("\u2066Ann\u2069", "Ann"),
        ("محمد علي", "محمد علي"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("👩‍👧", "👩‍👧"),
        ("मानक हिन्दी", "मानक हिन्दी"),
        ("x" * 64, "x" * 64),
        ("e\u0301" * 64, "é" * 64),
        ("n" + "\u0331" * 4, "\u1e49" + "\u0331" * 3),
    ],
)
def test_a_display_name_is_normalised(typed: str, kept: str) -> None:
    assert rules.display_name(typed) == kept


@pytest.mark.parametrize(
    "name",
    ["", "   ", "x" * 65, "\u200b\u200d", "\u3164", "\u2800", "\u0301\u0301", "a\nb", "a\u2028b", "z" + "\u0301" * 6],
)
def test_an_unreadable_display_name_is_refused(name: str) -> None:
    with pytest.raises(BadName):
        rules.display_name(name)


@pytest.mark.parametrize("name", ["an\0n", "an\ud800n", "\udfff"])
def test_what_no_store_can_hold_is_bad_content(name: str) -> None:
    with pytest.raises(BadContent):
        rules.display_name(name)
