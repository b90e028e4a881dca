"""The HTTP door to what calls need."""

import base64
import hashlib
import hmac

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from messaging.api.shapes import answer, me
from messaging.entries import dumps


class Ice(APIView):
    @extend_schema(responses={200: {"type": "object", "properties": {"ice_servers": {"type": "array", "items": {}}}}})
    def get(self, request: Request) -> HttpResponse:
        """STUN and TURN servers for RTCPeerConnection, with credentials for twelve hours.

        The user name is the Unix second at which they end and the person; the credential is its HMAC-SHA1 by the secret
        shared with the TURN server (draft-uberti-behave-turn-rest-00, which coturn and others follow).
        """
        servers: list[dict[str, object]] = [{"urls": settings.STUN_URLS}] if settings.STUN_URLS else []
        if settings.TURN_URLS and settings.TURN_SECRET:
            username = f"{int(timezone.now().timestamp()) + settings.TURN_SECONDS}:{me(request)}"
            mac = hmac.new(settings.TURN_SECRET.encode(), username.encode(), hashlib.sha1).digest()
            credential = base64.b64encode(mac).decode()
            servers.append({"urls": settings.TURN_URLS, "username": username, "credential": credential})
        return answer(dumps({"ice_servers": servers}))
