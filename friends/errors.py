"""Every refusal of friends."""

from imserver.errors import DomainError


class NotYourself(DomainError):
    code, message = "not_yourself", "This takes another person than yourself."


class AlreadyFriends(DomainError):
    code, status, message = "already_friends", 409, "You are friends already."


class NotAFriend(DomainError):
    code, status, message = "not_a_friend", 404, "This person is no friend of yours."


class MayNotRequest(DomainError):
    code, status, message = "may_not_request", 403, "This person takes no friend request from you."


class BlockedByYou(DomainError):
    code, status, message = "blocked_by_you", 409, "You have blocked this person; unblock first."


class AskedRecently(DomainError):
    code, status, retry, message = "asked_recently", 429, "later", "You may ask once a day."


class RequestGone(DomainError):
    code, status, message = "request_gone", 409, "This request was answered, taken back or has expired."


class TooManyWatched(DomainError):
    code, message = "too_many_watched", "So many people cannot be watched at once; see /v1/limits."


class TooManyFriends(DomainError):
    code, status, message = "too_many_friends", 409, "One of you has as many friends as one may have."


class BadTag(DomainError):
    code, message = "bad_tag", "A tag has 1 to 32 characters, one of them visible; a friend has not too many."


class TagNotFound(DomainError):
    code, status, message = "tag_not_found", 404, "None of your friends has this tag."
