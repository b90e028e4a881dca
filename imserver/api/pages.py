"""The chat page."""

from typing import Any, Final

from django.http import HttpResponse
from django.views.generic import TemplateView

_DEVICES: Final = "camera=(self), microphone=(self), display-capture=(), geolocation=()"


class Chat(TemplateView):
    template_name = "chat.html"

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        """Calls need camera and microphone, and this page alone; no frame within it gets them."""
        response = super().render_to_response(context, **options)
        response["Permissions-Policy"] = _DEVICES
        return response
