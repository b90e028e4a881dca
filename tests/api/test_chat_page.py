import pytest
from django.test import Client


@pytest.mark.parametrize("path", ["/", "/u/ann"])
def test_the_chat_page_alone_may_ask_for_camera_and_microphone(path: str) -> None:
    policy = Client().get(path).headers["Permissions-Policy"].split(", ")
    assert {"camera=(self)", "microphone=(self)", "geolocation=()"} <= set(policy)
