"""How entries are framed for the sockets of a conversation. A frame here lacks its opening brace: each socket puts its
own frame number before it."""

from collections.abc import Iterable

from imserver.realtime.bulletin import Entries
from imserver.realtime.listener import Answer, Arrived, Listener


def spell(conversation: str, prev: int, items: Iterable[bytes]) -> bytes:
    return b'"type":"entries","data":{"conversation":"%b","prev":%d,"items":[%b]}}' % (
        conversation.encode(),
        prev,
        b",".join(items),
    )


def arrival(entries: Entries) -> Arrived:
    return ((entries.conversation, entries.last_seq),) if entries.last_seq else ()


def weave(socket: Listener, entries: Entries, own: dict[int, Answer]) -> None:
    """To a sender its own entries are their `ok`, in rev order with those of others."""
    run: list[bytes] = []
    for rev, item in enumerate(entries.items, entries.prev + 1):
        answer = own.pop(rev, None)
        if answer is None:
            run.append(item)
            continue
        if run:
            socket.push(spell(entries.conversation, rev - 1 - len(run), run), arrival(entries))
            run = []
        answer.give(rev - 1)
    if run:
        socket.push(spell(entries.conversation, entries.last_rev - len(run), run), arrival(entries))
    for answer in own.values():
        answer.give(answer.rev - 1)
