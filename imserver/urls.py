"""Table 1: every door over HTTP. What belongs to an app is named by dotted path, as the ground imports no app."""

from typing import Any, cast

from allauth.headless.account import views as account
from allauth.headless.constants import Client
from allauth.headless.mfa.views import AuthenticatorsView
from allauth.headless.socialaccount.views import ProviderSignupView
from allauth.headless.tokens.views import RefreshTokenView
from django.contrib import admin
from django.urls import path, re_path
from django.utils.module_loading import import_string
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from imserver.api.metrics import metrics
from imserver.api.pages import Chat
from imserver.events.asyncapi import asyncapi
from imserver.gateway.consumer import SocketConsumer, nowhere


def view(name: str) -> Any:
    return import_string(name).as_view()


def allauth(view: Any) -> Any:
    return (import_string(view) if isinstance(view, str) else view).as_api_view(client=Client.APP)


def code(view: Any) -> Any:
    return import_string("accounts.adapters.turns.one_by_one")(allauth(view))


urlpatterns = [
    path("", Chat.as_view()),
    path("u/<str:username>", Chat.as_view()),
    path("g/<str:token>", Chat.as_view()),
    path("admin/", admin.site.urls),
    path("docs", SpectacularSwaggerView.as_view(url_name="schema")),
    path("v1/schema", SpectacularAPIView.as_view(), name="schema"),
    path("v1/events.yaml", asyncapi),
    path("v1/config", allauth("accounts.api.providers.Config")),
    path("v1/auth/signup", allauth(account.SignupView), name="signup"),
    path("v1/auth/email/verify", code(account.VerifyEmailView), name="verify_email"),
    path("v1/auth/email/verify/resend", allauth(account.ResendEmailVerificationCodeView), name="resend_code"),
    path("v1/auth/login", allauth("accounts.api.log_ins.Login"), name="login"),
    path("v1/auth/code/request", allauth(account.RequestLoginCodeView), name="request_code"),
    path("v1/auth/code/confirm", code("accounts.api.log_ins.ConfirmCode"), name="confirm_code"),
    path("v1/auth/password/request", allauth(account.RequestPasswordResetView), name="request_reset"),
    path("v1/auth/password/reset", code(account.ResetPasswordView), name="reset_password"),
    path("v1/auth/session", allauth(account.SessionView), name="session"),
    path("v1/auth/provider/token", allauth("accounts.api.providers.Token")),
    path("v1/auth/provider/signup", code(ProviderSignupView)),
    path("v1/auth/github", allauth("accounts.api.providers.GitHub")),
    path("v1/auth/reauthenticate", code("accounts.api.log_ins.Reauthenticate"), name="reauthenticate"),
    path("v1/auth/2fa/authenticate", code("accounts.api.factors.Authenticate")),
    path("v1/auth/2fa/reauthenticate", code("accounts.api.factors.Reauthenticate"), name="reauthenticate_by_code"),
    path("v1/auth/webauthn/login", code("accounts.api.factors.LoginPasskey")),
    path("v1/auth/webauthn/authenticate", code("accounts.api.factors.AuthenticatePasskey")),
    path(
        "v1/auth/webauthn/reauthenticate",
        code("accounts.api.factors.ReauthenticatePasskey"),
        name="reauthenticate_by_passkey",
    ),
    path("v1/account/authenticators", allauth(AuthenticatorsView), name="factors"),
    path("v1/account/authenticators/totp", code("accounts.api.factors.Totp"), name="totp"),
    path("v1/account/authenticators/recovery-codes", code("accounts.api.factors.RecoveryCodes"), name="recovery_codes"),
    path("v1/account/authenticators/webauthn", code("accounts.api.factors.Passkeys"), name="passkeys"),
    path("v1/tokens/refresh", allauth(RefreshTokenView), name="refresh"),
    path("v1/me", view("accounts.api.views.Me")),
    path("v1/me/privacy", view("accounts.api.views.Privacy")),
    path("v1/me/devices", view("accounts.api.devices.Devices")),
    path("v1/me/devices/<uuid:device_id>", view("accounts.api.devices.OneDevice")),
    path("v1/account/password/change", view("accounts.api.views.Password")),
    path("v1/server/users/<str:external_id>", view("accounts.api.server.ServerUser")),
    path("v1/server/users/<str:external_id>/token", view("accounts.api.server.ServerToken")),
    path("v1/server/users/<str:external_id>/devices", view("accounts.api.server.ServerDevices")),
    path("v1/server/groups", view("groups.api.server.ServerGroups")),
    path("v1/server/groups/<uuid:group_id>", view("groups.api.server.ServerGroup")),
    path("v1/server/groups/<uuid:group_id>/members", view("groups.api.server.ServerMembers")),
    path("v1/server/groups/<uuid:group_id>/members/remove", view("groups.api.server.ServerRemoval")),
    path("v1/users", view("friends.api.people.Users")),
    path("v1/friends", view("friends.api.friends.Friends")),
    path("v1/friends/<uuid:user_id>", view("friends.api.friends.OneFriend")),
    path("v1/friend-requests", view("friends.api.requests.Requests")),
    path("v1/friend-requests/<uuid:request_id>", view("friends.api.requests.OneRequest")),
    path("v1/friend-requests/<uuid:request_id>/accept", view("friends.api.requests.Accept")),
    path("v1/friend-requests/<uuid:request_id>/decline", view("friends.api.requests.Decline")),
    path("v1/friend-tags", view("friends.api.friends.Tags")),
    path("v1/friend-tags/<path:tag>", view("friends.api.friends.OneTag")),
    path("v1/blocks", view("friends.api.people.Blocks")),
    path("v1/blocks/<uuid:user_id>", view("friends.api.people.OneBlock")),
    path("v1/groups", view("groups.api.groups.Groups")),
    path("v1/groups/<uuid:group_id>", view("groups.api.groups.OneGroup")),
    path("v1/groups/<uuid:group_id>/announcement", view("groups.api.groups.TheAnnouncement")),
    path("v1/groups/<uuid:group_id>/announcement/read", view("groups.api.groups.ReadAnnouncement")),
    path("v1/groups/<uuid:group_id>/announcement/readers", view("groups.api.groups.Readers")),
    path("v1/groups/<uuid:group_id>/members", view("groups.api.members.Members")),
    path("v1/groups/<uuid:group_id>/members/<uuid:user_id>", view("groups.api.members.OneMember")),
    path("v1/groups/<uuid:group_id>/leave", view("groups.api.members.Leave")),
    path("v1/groups/<uuid:group_id>/transfer", view("groups.api.members.Transfer")),
    path("v1/groups/<uuid:group_id>/bans", view("groups.api.members.Bans")),
    path("v1/groups/<uuid:group_id>/bans/<uuid:user_id>", view("groups.api.members.OneBan")),
    path("v1/groups/<uuid:group_id>/invitations", view("groups.api.entering.GroupInvitations")),
    path("v1/groups/<uuid:group_id>/join-requests", view("groups.api.entering.JoinRequests")),
    path("v1/groups/<uuid:group_id>/join-requests/<uuid:user_id>/approve", view("groups.api.entering.Approve")),
    path("v1/groups/<uuid:group_id>/join-requests/<uuid:user_id>/decline", view("groups.api.entering.Decline")),
    path("v1/groups/<uuid:group_id>/links", view("groups.api.links.Links")),
    path("v1/groups/<uuid:group_id>/links/<str:token>", view("groups.api.links.OneLink")),
    path("v1/groups/<uuid:group_id>/links/<str:token>/qr.svg", view("groups.api.links.QrCode")),
    path("v1/group-links/<str:token>", view("groups.api.links.Preview")),
    path("v1/group-links/<str:token>/join", view("groups.api.links.Join")),
    path("v1/group-invitations", view("groups.api.entering.Invitations")),
    path("v1/group-invitations/<uuid:invitation_id>", view("groups.api.entering.OneInvitation")),
    path("v1/group-invitations/<uuid:invitation_id>/accept", view("groups.api.entering.AcceptInvitation")),
    path("v1/group-invitations/<uuid:invitation_id>/decline", view("groups.api.entering.DeclineInvitation")),
    path("v1/group-join-requests", view("groups.api.entering.OwnRequests")),
    path("v1/limits", view("imserver.api.views.Limits")),
    path("v1/conversations", view("messaging.api.conversations.Conversations")),
    path("v1/conversations/<uuid:conversation_id>", view("messaging.api.conversations.OneConversation")),
    path("v1/conversations/<uuid:conversation_id>/messages", view("messaging.api.messages.Messages")),
    path("v1/conversations/<uuid:conversation_id>/messages/<int:seq>", view("messaging.api.messages.OneMessage")),
    path(
        "v1/conversations/<uuid:conversation_id>/messages/<int:seq>/readers", view("messaging.api.marginalia.Readers")
    ),
    path(
        "v1/conversations/<uuid:conversation_id>/messages/<int:seq>/reactions/<str:emoji>",
        view("messaging.api.marginalia.OneReaction"),
    ),
    path(
        "v1/conversations/<uuid:conversation_id>/messages/<int:seq>/reactions/<str:emoji>/people",
        view("messaging.api.marginalia.Reactors"),
    ),
    path("v1/conversations/<uuid:conversation_id>/messages/<int:seq>/star", view("messaging.api.marginalia.OneStar")),
    path("v1/conversations/<uuid:conversation_id>/forward", view("messaging.api.messages.Forwarded")),
    path("v1/conversations/<uuid:conversation_id>/pins", view("messaging.api.marginalia.Pins")),
    path("v1/conversations/<uuid:conversation_id>/pins/<int:seq>", view("messaging.api.marginalia.OnePin")),
    path("v1/conversations/<uuid:conversation_id>/settings", view("messaging.api.own.TheSettings")),
    path("v1/conversations/<uuid:conversation_id>/clear", view("messaging.api.own.History")),
    path("v1/conversations/<uuid:conversation_id>/draft", view("messaging.api.own.OneDraft")),
    path("v1/drafts", view("messaging.api.own.Drafts")),
    path("v1/starred", view("messaging.api.marginalia.Stars")),
    path("v1/calls/ice", view("messaging.api.calls.Ice")),
    path("v1/badge", view("messaging.api.own.Badge")),
    path("v1/conversations/<uuid:conversation_id>/entries", view("inbox.api.sync.Entries")),
    path("v1/conversations/<uuid:conversation_id>/mark", view("messaging.api.conversations.Mark")),
    path("v1/sync", view("messaging.api.sync.Sync")),
    path("metrics", metrics),
    path("readyz", view("imserver.api.views.Ready")),
]

sockets = [path("v1/ws", cast(Any, SocketConsumer.as_asgi())), re_path("", cast(Any, nowhere))]
