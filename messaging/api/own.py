"""The HTTP door to what one sets for oneself in a conversation."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from msgspec import UNSET, Meta, UnsetType
from rest_framework.request import Request
from rest_framework.views import APIView

from imserver import database
from imserver.api.parsing import parse, query
from imserver.gateway.protocol import Natural
from messaging import actions, content, entries, heads, queries
from messaging.api.shapes import HEAD, Latest, answer, described, latest, me, page, parameters

GONE = {204: None}
DRAFT = {"type": "object", "properties": {"conversation": {"type": "string"}, "draft": {"type": "object"}}}


class Settings(msgspec.Struct, omit_defaults=True):
    notify: Literal["all", "mentions", "nothing"] | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    marked_unread: bool | UnsetType = UNSET
    nickname: Annotated[str, Meta(max_length=256)] | UnsetType = UNSET


class Clear(msgspec.Struct):
    before_seq: Natural


class NewDraft(msgspec.Struct):
    draft: msgspec.Raw


class TheSettings(APIView):
    @extend_schema(request=described(Settings), responses={200: HEAD})
    def patch(self, request: Request, conversation_id: UUID) -> HttpResponse:
        """Change what is named, for oneself; a nickname is what a group calls one."""
        said = msgspec.structs.asdict(parse(request, Settings))
        changes: dict[str, Any] = {name: value for name, value in said.items() if value is not UNSET}
        actions.settle(user_id=me(request), conversation_id=conversation_id, changes=changes, now=timezone.now())
        return answer(database.run(heads.one(me(request), conversation_id)))


class History(APIView):
    @extend_schema(request=described(Clear), responses={200: HEAD})
    def post(self, request: Request, conversation_id: UUID) -> HttpResponse:
        """Clear one's own history up to a message."""
        before = parse(request, Clear).before_seq
        actions.clear(user_id=me(request), conversation_id=conversation_id, before_seq=before)
        return answer(database.run(heads.one(me(request), conversation_id)))


class OneDraft(APIView):
    @extend_schema(responses={200: DRAFT})
    def get(self, request: Request, conversation_id: UUID) -> HttpResponse:
        """What one began to write here; null where there is nothing."""
        found = database.run(queries.draft(me(request), conversation_id))
        return answer(_spelled(conversation_id, found or "null"))

    @extend_schema(request=described(NewDraft), responses=GONE)
    def put(self, request: Request, conversation_id: UUID) -> HttpResponse:
        """Keep what one began to write: `draft` is an object of the client's, as a message's content."""
        draft = bytes(parse(request, NewDraft).draft)
        self._save(request, conversation_id, content.kept(draft, settings.LIMITS["content_bytes"]))
        return HttpResponse(status=204)

    @extend_schema(responses=GONE)
    def delete(self, request: Request, conversation_id: UUID) -> HttpResponse:
        self._save(request, conversation_id, "")
        return HttpResponse(status=204)

    def _save(self, request: Request, conversation_id: UUID, draft: str) -> None:
        actions.save_draft(user_id=me(request), conversation_id=conversation_id, content=draft, now=timezone.now())


class Drafts(APIView):
    @extend_schema(parameters=parameters(Latest), responses=latest(DRAFT))
    def get(self, request: Request) -> HttpResponse:
        """What one began to write, the latest first; `before` is the `next` of the page before."""
        wanted = query(request, Latest)
        found, following = database.run(queries.drafts(me(request), wanted.before, wanted.limit))
        return page([_spelled(cid, draft) for cid, draft in found], following)


def _spelled(conversation: UUID, draft: str) -> bytes:
    return b'{"conversation":"%b","draft":%b}' % (str(conversation).encode(), draft.encode())


class Badge(APIView):
    @extend_schema(responses={200: {"type": "object", "properties": {"unread": {"type": "integer"}}}})
    def get(self, request: Request) -> HttpResponse:
        """The number for the app's icon: unread messages of all conversations that are not muted."""
        return answer(entries.dumps({"unread": database.run(heads.badge(me(request)))}))
