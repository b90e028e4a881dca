"""The HTTP door to messages: parse, call, spell the answer as on the socket, byte for byte."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from msgspec import UNSET, UnsetType
from rest_framework.request import Request
from rest_framework.views import APIView

from imserver import database
from imserver.api.parsing import parse, query
from imserver.errors import NotFound
from imserver.gateway.protocol import Natural
from messaging import actions, entries, queries
from messaging.api.shapes import ENTRY, Limit, answer, described, listing, me, parameters
from messaging.drafts import Mentioned, Message, Sent, checked, mentioned


class Window(msgspec.Struct):
    before_seq: Natural | None = None
    after_seq: Natural | None = None
    limit: Limit = 50


class Edit(msgspec.Struct):
    content: msgspec.Raw
    mentions: list[Mentioned] | UnsetType = UNSET


class Forward(msgspec.Struct):
    conversation: UUID
    seqs: Annotated[list[Natural], msgspec.Meta(min_length=1, max_length=100)]
    key: UUID


class For(msgspec.Struct, rename={"for_": "for"}):
    for_: Literal["all", "me"] = "all"


class Messages(APIView):
    @extend_schema(parameters=parameters(Window), responses=listing(ENTRY, complete={"type": "boolean"}))
    def get(self, request: Request, conversation_id: UUID) -> HttpResponse:
        """A page of messages as they are now, oldest first: the newest, those below a seq, or those above one."""
        wanted = query(request, Window)
        if wanted.after_seq is None:
            found = queries.history(me(request), conversation_id, wanted.before_seq, wanted.limit)
        else:
            found = queries.later(me(request), conversation_id, wanted.after_seq, wanted.limit)
        stretch = database.run(found)
        return answer(entries.page(conversation_id, stretch.items, complete=stretch.complete))

    @extend_schema(request=described(Message), responses={200: ENTRY, 201: ENTRY})
    def post(self, request: Request, conversation_id: UUID) -> HttpResponse:
        """Send a message. The same key again answers 200 and the first result."""
        now_ms = int(timezone.now().timestamp() * 1000)
        draft = checked(parse(request, Message), conversation_id, me(request), now_ms)
        sent = actions.send(draft=draft)
        spelled = Sent(draft, sent, sent.rev - 1, entries.moment(sent.created_ms)).spelled()
        return answer(spelled, 200 if sent.duplicate else 201)


class Forwarded(APIView):
    @extend_schema(request=described(Forward), responses=listing({"type": "integer"}, "seqs"))
    def post(self, request: Request, conversation_id: UUID) -> HttpResponse:
        """Copy messages of another conversation into this one, with where they come from; all of them, or none."""
        wanted = parse(request, Forward)
        source = actions.Source(wanted.conversation, [small(seq) for seq in wanted.seqs], wanted.key)
        made = actions.forward(user_id=me(request), conversation_id=conversation_id, source=source, now=timezone.now())
        return answer(entries.dumps({"seqs": made}))


class OneMessage(APIView):
    @extend_schema(responses={200: ENTRY})
    def get(self, request: Request, conversation_id: UUID, seq: int) -> HttpResponse:
        """A message as it is now."""
        return self._now(request, conversation_id, seq)

    @extend_schema(request=described(Edit), responses={200: ENTRY})
    def patch(self, request: Request, conversation_id: UUID, seq: int) -> HttpResponse:
        """Edit one's own message; with `mentions` also who is named in it, and `mentions_dropped` who cannot be."""
        wanted = parse(request, Edit)
        names = wanted.mentions if wanted.mentions is not UNSET else None
        edited = actions.Edited(bytes(wanted.content), mentioned(names or []), names is not None)
        dropped = actions.edit(
            user_id=me(request),
            conversation_id=conversation_id,
            seq=small(seq),
            edited=edited,
            now=timezone.now(),
        )
        return self._now(request, conversation_id, seq, dropped)

    @extend_schema(parameters=parameters(For), responses={200: ENTRY, 204: None})
    def delete(self, request: Request, conversation_id: UUID, seq: int) -> HttpResponse:
        """Recall a message for everyone; or with `for=me` delete it for oneself."""
        if query(request, For).for_ == "me":
            actions.hide(user_id=me(request), conversation_id=conversation_id, seq=small(seq))
            return HttpResponse(status=204)
        actions.recall(user_id=me(request), conversation_id=conversation_id, seq=small(seq), now=timezone.now())
        return self._now(request, conversation_id, seq)

    def _now(self, request: Request, conversation_id: UUID, seq: int, dropped: str | None = None) -> HttpResponse:
        spelled = database.run(queries.message(me(request), conversation_id, small(seq)))
        return answer(spelled[:-1] + entries.dropped(dropped) + b"}")


def small(seq: int) -> int:
    if seq >= 2**63:
        raise NotFound
    return seq
