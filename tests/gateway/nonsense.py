"""What no client should send, and the code it is answered with."""

from typing import Any
from uuid import UUID

KEY = "01900000-0000-4000-8000-000000000001"
DEEP = 20_000

# A whole frame or body that is no object, or no JSON.
NO_OBJECT: dict[str, tuple[bytes, str]] = {
    "words": (b"hello", "bad_json"),
    "half an object": (b'{"type":"pull"', "bad_json"),
    "an array": (b"[]", "bad_request"),
    "a number": (b"17", "bad_request"),
    "null": (b"null", "bad_request"),
    "a string": (b'"x"', "bad_request"),
    "half a UTF-8 sequence": (b'{"type":"\xc3","kind":"\xc3","key":"%b","content":1}' % KEY.encode(), "bad_json"),
    "an overlong UTF-8 sequence": (b'{"type":"\xc0\x80","kind":"\xc0\x80"}', "bad_json"),
    "half a surrogate pair": (b'{"type":"\\ud800","kind":"\\ud800"}', "bad_content"),
    "deep nesting": (b'{"type":"pull","other":' + b"[" * DEEP + b"]" * DEEP + b"}", "bad_json"),
    "NaN": (b'{"type":"pull","other":NaN}', "bad_content"),
    "a huge number": (b'{"type":1%b,"kind":1%b}' % (b"0" * 5000, b"0" * 5000), "bad_request"),
    "fields of other types": (b'{"type":7,"kind":7,"key":[]}', "bad_request"),
}

# The content of a message.
CONTENTS: dict[str, tuple[bytes, str]] = {
    "an array": (b"[]", "bad_content"),
    "a number": (b"1", "bad_content"),
    "null": (b"null", "bad_content"),
    "no text": (b"{}", "bad_content"),
    "a text that is no string": (b'{"text":7}', "bad_content"),
    "an empty text": (b'{"text":""}', "empty"),
    "a text without a visible character": ('{"text":" \u200b\u2800\\u202e"}'.encode(), "empty"),
    "U+0000": (b'{"text":"a\\u0000"}', "bad_content"),
    "U+0000 in a member's name": (b'{"text":"a","\\u0000":1}', "bad_content"),
    "half a surrogate pair": (b'{"text":"a\\ud800"}', "bad_content"),
    "half a UTF-8 sequence": (b'{"text":"a\xc3"}', "bad_content"),
    "a surrogate in UTF-8": (b'{"text":"a\xed\xa0\x80"}', "bad_content"),
    "doubled names": (b'{"text":"a","text":"b"}', "bad_content"),
    "2^53 + 1": (b'{"text":"a","n":9007199254740993}', "bad_content"),
    "more than a float holds": (b'{"text":"a","n":1e999}', "bad_content"),
    "NaN": (b'{"text":"a","n":NaN}', "bad_content"),
    "33 levels": (b'{"text":"a","n":' + b"[" * 32 + b"]" * 32 + b"}", "bad_content"),
    "20,000 levels": (b'{"text":"a","n":' + b"[" * DEEP + b"]" * DEEP + b"}", "bad_json"),
    "too many bytes": (b'{"text":"a","n":"' + b"x" * 32_768 + b'"}', "bad_content"),
    "too many characters": (b'{"text":"' + b"x" * 8_001 + b'"}', "too_long"),
}

# Members of a message.
DRAFTS: dict[str, tuple[dict[str, Any], str]] = {
    "a key that is no UUID": ({"key": "x"}, "bad_request"),
    "no key": ({"key": None}, "bad_request"),
    "a key of another time": ({"key": "01900000-0000-7000-8000-000000000001"}, "key_expired"),
    "a kind that is no name": ({"kind": "Telegram!"}, "unknown_kind"),
    "a kind that is the server's": ({"kind": "member.joined"}, "unknown_kind"),
    "a reply to a string": ({"reply_to": "1"}, "bad_request"),
    "a reply below zero": ({"reply_to": -1}, "bad_request"),
    "a reply beyond 2^53": ({"reply_to": 2**53 + 1}, "bad_request"),
    "a reply to nothing": ({"reply_to": 10**15}, "bad_reply"),
    "a mention of a name": ({"mentions": ["ann"]}, "bad_request"),
    "mentions that are no list": ({"mentions": "all"}, "bad_request"),
    "51 mentions": ({"mentions": [str(UUID(int=i)) for i in range(51)]}, "too_many_mentions"),
}

# Commands of the socket: type and data.
COMMANDS: dict[str, tuple[str, Any, str]] = {
    "an unknown type": ("teleport", {}, "unknown_type"),
    "a type of the server's": ("welcome", {}, "unknown_type"),
    "data that is an array": ("pull", [], "bad_request"),
    "data that is a number": ("mark", 7, "bad_request"),
    "data that is null": ("sync", None, "bad_request"),
    "data that is a string": ("message.send", "hello", "bad_request"),
    "no conversation": ("pull", {}, "bad_request"),
    "a conversation that is no UUID": ("pull", {"conversation": "1"}, "bad_request"),
    "a rev below zero": ("pull", {"conversation": KEY, "after_rev": -1}, "bad_request"),
    "a rev beyond 2^53": ("pull", {"conversation": KEY, "after_rev": 2**53 + 1}, "bad_request"),
    "a rev beyond 2^64": ("pull", {"conversation": KEY, "after_rev": 2**64}, "bad_request"),
    "half a rev": ("pull", {"conversation": KEY, "after_rev": 1.5}, "bad_request"),
    "a page of nothing": ("pull", {"conversation": KEY, "limit": 0}, "bad_request"),
    "a page of half": ("pull", {"conversation": KEY, "limit": "10"}, "bad_request"),
    "a mark that is a string": ("mark", {"conversation": KEY, "read_seq": "1"}, "bad_request"),
    "a mark beyond 2^53": ("mark", {"conversation": KEY, "read_seq": 2**63}, "bad_request"),
    "heads beyond 2^63": ("sync", {"heads": {KEY: [2**63, 0]}}, "bad_request"),
    "heads that are no lists": ("sync", {"heads": {KEY: 1}}, "bad_request"),
    "heads of no conversation": ("sync", {"heads": {"x": [1, 0]}}, "bad_request"),
    "a token that is a number": ("auth.refresh", {"token": 1}, "bad_request"),
    "a token that is none": ("auth.refresh", {"token": "a.b.c"}, "token_invalid"),
    "a token with half a header": ("auth.refresh", {"token": "eyJ." + "x" * 1000}, "token_invalid"),
    "nobody to write to": ("message.send", {"key": KEY, "kind": "text", "content": {"text": "x"}}, "bad_request"),
}

IDS = [b"true", b"[1]", b"{}", b'"' + b"x" * 65 + b'"', b"1" * 67, b'"\xc3"', b'"\xed\xa0\x80"']
