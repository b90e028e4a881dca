"""What the server says of itself."""

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.utils import Error
from django.utils.module_loading import import_string
from drf_spectacular.utils import extend_schema
from redis.exceptions import RedisError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

FREE = {"type": "object", "additionalProperties": True}


@extend_schema(responses={200: FREE})
class Limits(APIView):
    """Every limit that a client may want to know."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, _request: Request) -> Response:
        return Response(settings.LIMITS)


@extend_schema(responses={200: FREE, 503: FREE})
class Ready(APIView):
    """200 once a person can log in; 503 if not. Either names every part, and in a sentence what is wrong with it.

    What the sure lane needs is named, but takes nobody offline: it waits, and catches up by itself.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, _request: Request) -> Response:
        needed = {"database": self._database(), "redis": self._redis()}
        is_ready = all(state == "ok" for state in needed.values())
        others = {name: self._part(path) for name, path in settings.PARTS.items()} if is_ready else {}
        return Response(needed | others, status=200 if is_ready else 503)

    def _part(self, path: str) -> str:
        try:
            return import_string(path)() or "ok"
        except Error as e:
            return type(e).__name__

    def _database(self) -> str:
        try:
            with connection.cursor() as cursor:
                cursor.execute("select 1 from conversation limit 1")
        except Error as e:
            return type(e).__name__
        return "ok"

    def _redis(self) -> str:
        try:
            cache.get("ready")
        except (RedisError, OSError) as e:
            return type(e).__name__
        return "ok"
