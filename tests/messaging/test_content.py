"""What may be written (rules.md, "Names and text"): the checker against a naive one, and each rule by its name."""

import json
import unicodedata
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from imserver.errors import BadContent, DomainError
from messaging.content import check_content, parse
from messaging.errors import Empty, TooLong, UnknownKind


def verdict(content: bytes | str, kind: str = "text") -> str:
    try:
        check_content(kind, content if isinstance(content, bytes) else content.encode())
    except DomainError as e:
        return e.code
    return "ok"


def text(value: str) -> str:
    """As a client spells it whose JSON is not ASCII only."""
    return json.dumps({"text": value}, ensure_ascii=False)


# --- a naive checker: it judges the tree that a text is spelled from, and never parses -------------------------------
@dataclass(frozen=True)
class Object:
    members: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Verbatim:
    spelled: str
    allowed: bool


# Of the surrogates only a high one, which finds no low one to pair with.
characters = st.characters(exclude_categories=["Cs"]) | st.sampled_from('\0\ud800\\"/u0é\u200d\u3164')
strings = st.text(characters, max_size=6)
numbers = st.sampled_from(
    [
        Verbatim("9007199254740991", allowed=True),
        Verbatim("-9007199254740991", allowed=True),
        Verbatim("9007199254740992", allowed=False),
        Verbatim("-9007199254740992", allowed=False),
        Verbatim("1" * 5000, allowed=False),
        Verbatim("1e308", allowed=True),
        Verbatim("9007199254740993.5", allowed=True),
        Verbatim("1e309", allowed=False),
        Verbatim("-1e309", allowed=False),
        Verbatim("NaN", allowed=False),
        Verbatim("Infinity", allowed=False),
        Verbatim("-Infinity", allowed=False),
        Verbatim("01", allowed=False),
        Verbatim("true", allowed=True),
        Verbatim("null", allowed=True),
    ]
)


def object_of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Object]:
    return st.lists(st.tuples(strings | st.just("text"), values), max_size=3).map(lambda found: Object(tuple(found)))


def nested(value: Any, depth: int) -> Any:
    return nested([value], depth - 1) if depth > 0 else value


trees = st.recursive(strings | numbers, lambda inner: st.lists(inner, max_size=3) | object_of(inner), max_leaves=6)
deep = st.builds(nested, trees | st.just([]), st.integers(25, 36))
contents = object_of(trees | deep) | trees


def spell(node: Any, escape: Any) -> str:
    if isinstance(node, str):
        return '"' + "".join(escape(c) for c in node) + '"'
    if isinstance(node, Verbatim):
        return node.spelled
    if isinstance(node, Object):
        return "{" + ",".join(f"{spell(name, escape)}: {spell(value, escape)}" for name, value in node.members) + "}"
    return "[" + ", ".join(spell(item, escape) for item in node) + "]"


def storable(node: Any) -> bool:
    if isinstance(node, str):
        return "\0" not in node and not any("\ud800" <= c <= "\udfff" for c in node)
    if isinstance(node, Verbatim):
        return node.allowed
    if isinstance(node, Object):
        names = [name for name, _ in node.members]
        return len(set(names)) == len(names) and all(map(storable, names)) and all(storable(v) for _, v in node.members)
    return all(map(storable, node))


def depth(node: Any) -> int:
    if isinstance(node, Object):
        return 1 + max((depth(value) for _, value in node.members), default=0)
    return 1 + max(map(depth, node), default=0) if isinstance(node, list) else 0


def expected(node: Any, *, kind: str) -> str:
    if not isinstance(node, Object) or not storable(node) or depth(node) > 32:
        return "bad_content"
    if kind == "custom":
        return "ok" if node.members else "empty"
    said = dict(node.members).get("text")
    if not isinstance(said, str):
        return "bad_content"
    return "ok" if any(map(seen, said)) else "empty"


def seen(character: str) -> bool:
    category = unicodedata.category(character)
    return (category[0] in "LNPS" or category in ("Mc", "Co")) and character not in "\u115f\u1160\u2800\u3164\uffa0"


def escaped(dice: Any, character: str) -> str:
    must = character in '"\\' or character < " " or "\ud800" <= character <= "\udfff"
    return json.dumps(character)[1:-1] if must or dice.random() < 0.3 else character


@settings(max_examples=400, deadline=None)
@given(node=contents, kind=st.sampled_from(["text", "custom"]), dice=st.randoms(use_true_random=False))
def test_content_is_judged_as_a_naive_checker_judges_it(node: Any, kind: str, dice: Any) -> None:
    assert verdict(spell(node, lambda c: escaped(dice, c)), kind) == expected(node, kind=kind)


plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=300, deadline=None)
@given(plain.map(str.encode) | st.binary(max_size=12))
@example(b"\x7f")
@example(b"\xc3\x28")
@example("\u200b\u2060".encode())
@example(b" ")
@example(b"\x00")
@example(b"\xed\xa0\x80")
def test_the_fast_path_and_the_slow_path_agree(said: bytes) -> None:
    assert verdict(b'{"text":"%b"}' % said) == verdict(b'{ "text":"%b"}' % said)


# --- the rules by name ------------------------------------------------------------------------------------------------
def test_a_text_has_at_most_8000_code_points() -> None:
    for character in ("a", "é", "字", "😀"):
        assert verdict(text(character * 8000)) == "ok"
        if len(text(character * 8001).encode()) <= 32_768:
            assert verdict(text(character * 8001)) == "too_long"


def test_code_points_are_counted_after_nfc() -> None:
    assert verdict(text("e\u0301" * 8000)) == "ok"
    assert verdict(text("e\u0301" * 8001)) == "too_long"
    assert verdict(text("\u0958" * 4001)) == "too_long", "NFC makes two of this one"


def test_content_has_at_most_32_kib() -> None:
    def padded(size: int) -> bytes:
        return b'{"text":"a","more":"%b"}' % (b"x" * (size - 22))

    assert len(padded(32_768)) == 32_768
    assert verdict(padded(32_768)) == "ok"
    assert verdict(padded(32_769)) == "bad_content"


@pytest.mark.parametrize(
    "said",
    [
        "",
        " ",
        "\t\n",
        "\u200b",
        "\u200d\u200d",
        "\ufeff",
        "\u2060",
        "\u202e",
        "\u3164",
        "\u2800",
        "\u115f",
        "\u0301",
        "\ufe0f",
        "\U000e0041",
    ],
)
def test_a_text_without_a_visible_character_is_empty(said: str) -> None:
    assert verdict(text(said)) == "empty"


@pytest.mark.parametrize("said", ["a", ".", "👩\u200d👩\u200d👧", "e\u0301", "\u200bx", "שלום", "\u202bمرحبا", "🇩🇪"])
def test_joiners_and_direction_inside_visible_text_are_kept(said: str) -> None:
    assert verdict(text(said)) == "ok"


@pytest.mark.parametrize(
    "content",
    [
        r'{"text":"a\u0000"}',
        r'{"text":"a","\u0000":1}',
        r'{"text":"a\ud800"}',
        r'{"text":"\udc00\ud800"}',
        r'{"text":"a","more":["\udfff"]}',
        r'{"text":"a","\ud800":1}',
        '{"text":"a","n":9007199254740992}',
        '{"text":"a","n":NaN}',
        '{"text":"a","n":-Infinity}',
        '{"text":"a","n":1e999}',
        '{"text":"a","text":"b"}',
        '{"text":"a","x":{"b":1,"b":1}}',
        r'{"text":"a","b":1,"\u0062":1}',
        '{"text":5}',
        '{"text":null}',
        "{}",
        "[]",
        '"text"',
        "null",
        "1",
        "",
        "{",
        '{"text":"a"} x',
        '\ufeff{"text":"a"}',
        '{"text":"a\nb"}',
        '{"text":"a",}',
        "[" * 20_000,
        '{"text":"a","deep":' + "[" * 6_000 + "]" * 6_000 + "}",
    ],
)
def test_what_is_not_the_json_we_take_is_bad_content(content: str) -> None:
    assert verdict(content) == "bad_content"


def test_an_escaped_backslash_before_u0000_is_no_nul() -> None:
    assert verdict(r'{"text":"\\u0000"}') == "ok"
    assert verdict(r'{"text":"\\\u0000"}') == "bad_content"


def test_content_is_nested_at_most_32_deep() -> None:
    for leaf in ("1", "[]", "{}"):
        inner = 31 if leaf == "1" else 30
        assert verdict('{"text":"a","d":' + "[" * inner + leaf + "]" * inner + "}") == "ok"
        assert verdict('{"text":"a","d":' + "[" * (inner + 1) + leaf + "]" * (inner + 1) + "}") == "bad_content"


def test_only_kinds_that_people_may_send_are_taken() -> None:
    for kind in ("edit", "recall", "member.joined", "conversation.left", "call", "", "Text"):
        with pytest.raises(UnknownKind):
            check_content(kind, b'{"text":"a"}')


def test_a_custom_message_holds_something() -> None:
    check_content("custom", b'{"x":{}}')
    with pytest.raises(Empty):
        check_content("custom", b"{}")


def test_parsing_hands_out_what_was_written() -> None:
    assert parse(b'{"a":[1,-2.5,null,true,"\\u00e9\\ud83d\\ude00"]}') == {"a": [1, -2.5, None, True, "é😀"]}
    with pytest.raises(BadContent):
        parse(b"[1]")
    assert issubclass(TooLong, DomainError)
