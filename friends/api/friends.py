"""The HTTP door to one's friends and their tags."""

from uuid import UUID

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from friends import actions, queries, spelling
from friends.api.shapes import FRIEND, GONE, NEXT, TAG, FriendsPage, Name, Notes, one, page, said
from imserver.api.parsing import parse, query
from messaging.api.shapes import described, listing, me, parameters


class Friends(APIView):
    @extend_schema(parameters=parameters(FriendsPage), responses=listing(FRIEND, next=NEXT))
    def get(self, request: Request) -> HttpResponse:
        """One's friends, all or those with a tag."""
        wanted = query(request, FriendsPage)
        rows = list(queries.friends(me(request), after=wanted.after, tag=wanted.tag, limit=wanted.limit + 1))
        return page(rows, wanted.limit, spelling.friend, lambda row: row.friend_id)


class OneFriend(APIView):
    @extend_schema(request=described(Notes), responses={200: one("friend", FRIEND)})
    def patch(self, request: Request, user_id: UUID) -> HttpResponse:
        """Note something of a friend, who never sees it: remark, tags, pinned."""
        notes = msgspec.structs.asdict(parse(request, Notes))
        changes = {name: value for name, value in notes.items() if value is not msgspec.UNSET}
        return said(friend=spelling.friend(actions.update(user_id=me(request), friend_id=user_id, changes=changes)))

    @extend_schema(responses=GONE)
    def delete(self, request: Request, user_id: UUID) -> HttpResponse:
        """End the friendship, for both."""
        actions.remove(user_id=me(request), friend_id=user_id)
        return HttpResponse(status=204)


class Tags(APIView):
    @extend_schema(responses=listing(TAG))
    def get(self, request: Request) -> HttpResponse:
        """The tags of one's friends."""
        return said(items=[{"name": name, "friends": count} for name, count in queries.tags(me(request))])


class OneTag(APIView):
    @extend_schema(request=described(Name), responses=GONE)
    def patch(self, request: Request, tag: str) -> HttpResponse:
        """Rename it, with all friends who have it."""
        actions.rename_tag(user_id=me(request), tag=tag, name=parse(request, Name).name)
        return HttpResponse(status=204)

    @extend_schema(responses=GONE)
    def delete(self, request: Request, tag: str) -> HttpResponse:
        """Take it from all friends who have it."""
        actions.remove_tag(user_id=me(request), tag=tag)
        return HttpResponse(status=204)
