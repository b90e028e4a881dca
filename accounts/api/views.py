from typing import cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import queries
from accounts.api.serializers import MeSerializer, PeopleSerializer
from accounts.models import User


class Me(APIView):
    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(cast(User, request.user)).data)


class Users(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("q", required=True, description="The beginning of a user name, or an address.")],
        responses=PeopleSerializer,
    )
    def get(self, request: Request) -> Response:
        found = queries.search(by=cast(User, request.user), text=request.query_params.get("q", ""))
        return Response(PeopleSerializer({"items": found}).data)
