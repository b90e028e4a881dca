from datetime import datetime
from uuid import UUID

from django.conf import settings

from accounts import queries as people
from friends import queries, rules, spelling
from friends.actions.pair import Pair, held
from friends.errors import AlreadyFriends, AskedRecently, BlockedByYou, MayNotRequest, RequestGone, TooManyFriends
from friends.models import Friend, FriendRequest, State
from messaging.errors import UserNotFound


def request(*, user_id: UUID, other_id: UUID, message: str, source: str, now: datetime) -> FriendRequest | Friend:
    """Ask to be friends. Asked again it is the same request; where the other one asks too, they are friends.

    A request that was declined looks open to its sender: asked again within a day it stays as it is.
    """
    message, source = rules.message(message), rules.source(source)
    with held(user_id, other_id) as pair:
        _check(user_id, other_id)
        theirs, mine = _last(other_id, user_id, now), _last(user_id, other_id, now)
        if theirs and theirs.state in (State.PENDING, State.DECLINED):
            return _befriend(pair, theirs, now)
        if mine and (mine.state == State.PENDING or (mine.state == State.DECLINED and _is_fresh(mine, now))):
            return mine
        if mine and mine.state == State.CANCELLED and _is_fresh(mine, now):
            raise AskedRecently(retry_after_ms=int((mine.asked_at + rules.ASKED_AGAIN - now).total_seconds() * 1000))
        if mine and mine.state == State.DECLINED:
            _close(pair, mine, State.CANCELLED, now, [user_id])
        if not queries.takes_requests(other_id, user_id):
            raise MayNotRequest
        return _ask(pair, message, source, now)


def _check(user_id: UUID, other_id: UUID) -> None:
    if not people.active([other_id]):
        raise UserNotFound
    blocking = queries.blocked_between(user_id, other_id)
    if user_id in blocking:
        raise BlockedByYou
    if other_id in blocking:
        raise MayNotRequest
    if queries.are_friends(user_id, other_id):
        raise AlreadyFriends


def _last(sender: UUID, receiver: UUID, now: datetime) -> FriendRequest | None:
    """The newest that has not expired."""
    found = FriendRequest.objects.filter(sender=sender, receiver=receiver).select_related("sender", "receiver")
    last = found.order_by("-pk").first()
    return None if last is None or rules.has_expired(last.asked_at, now) else last


def _is_fresh(one: FriendRequest, now: datetime) -> bool:
    return now - one.asked_at < rules.ASKED_AGAIN


def _ask(pair: Pair, message: str, source: str, now: datetime) -> FriendRequest:
    expired = FriendRequest.objects.filter(sender=pair.user_id, receiver=pair.other_id, state=State.PENDING)
    expired.update(state=State.CANCELLED, closed_at=now)
    asked = FriendRequest.objects.create(
        sender_id=pair.user_id, receiver_id=pair.other_id, message=message, source=source, asked_at=now
    )
    for user_id in (pair.user_id, pair.other_id):
        said = spelling.request(asked, incoming=user_id == pair.other_id)
        pair.tell(user_id, "friend.requested", {"request": said})
    return asked


def accept(*, user_id: UUID, request_id: UUID, now: datetime) -> Friend:
    """Become friends with who asked. Of accept, cancel and block at once one wins; the others get RequestGone."""
    with held(user_id, _sender(request_id, user_id)) as pair:
        return _befriend(pair, _pending(request_id, now), now)


def decline(*, user_id: UUID, request_id: UUID, now: datetime) -> None:
    """Who asked hears nothing of it."""
    with held(user_id, _sender(request_id, user_id)) as pair:
        _close(pair, _pending(request_id, now), State.DECLINED, now, [user_id])


def cancel(*, user_id: UUID, request_id: UUID, now: datetime) -> None:
    """Take one's request back; also one that was declined, which one does not know."""
    asked = FriendRequest.objects.filter(pk=request_id, sender=user_id).first()
    if asked is None:
        raise RequestGone
    with held(user_id, asked.receiver_id) as pair:
        asked = FriendRequest.objects.open().filter(pk=request_id).first()
        if asked is None or rules.has_expired(asked.asked_at, now):
            raise RequestGone
        knowing = [user_id] if asked.state == State.DECLINED else [user_id, asked.receiver_id]
        _close(pair, asked, State.CANCELLED, now, knowing)


def _sender(request_id: UUID, receiver: UUID) -> UUID:
    asked = FriendRequest.objects.filter(pk=request_id, receiver=receiver).first()
    if asked is None:
        raise RequestGone
    return asked.sender_id


def _pending(request_id: UUID, now: datetime) -> FriendRequest:
    """The pair is held: its state is what it is now."""
    asked = FriendRequest.objects.filter(pk=request_id, state=State.PENDING).first()
    if asked is None or rules.has_expired(asked.asked_at, now):
        raise RequestGone
    return asked


def _close(pair: Pair, asked: FriendRequest, state: State, now: datetime, knowing: list[UUID]) -> None:
    asked.state, asked.closed_at = state, now
    asked.save(update_fields=["state", "closed_at"])
    for user_id in knowing:
        pair.tell(user_id, "request.closed", {"request": str(asked.pk)})


def close_all(pair: Pair, now: datetime) -> None:
    """One of them has blocked the other: neither hears more than that his own list is shorter."""
    for asked in FriendRequest.objects.between(pair.user_id, pair.other_id).open():
        if asked.sender_id == pair.user_id:
            knowing = [pair.user_id] if asked.state == State.DECLINED else [pair.user_id, pair.other_id]
            _close(pair, asked, State.CANCELLED, now, knowing)
        elif asked.state == State.PENDING:
            _close(pair, asked, State.DECLINED, now, [pair.user_id])


def _befriend(pair: Pair, asked: FriendRequest, now: datetime) -> Friend:
    """Both edges, and every open request between the two is answered."""
    if max(queries.counts([pair.user_id, pair.other_id])) >= settings.LIMITS["friends"]:
        raise TooManyFriends
    asked.state, asked.closed_at = State.ACCEPTED, now
    asked.save(update_fields=["state", "closed_at"])
    left = FriendRequest.objects.between(pair.user_id, pair.other_id).open()
    answered = [str(asked.pk), *(str(one.pk) for one in left)]
    left.update(state=State.ACCEPTED, closed_at=now)
    mine = _make_friends(pair, now, answered)
    pair.judge()
    return mine


def _make_friends(pair: Pair, now: datetime, answered: list[str]) -> Friend:
    sides = ((pair.user_id, pair.other_id), (pair.other_id, pair.user_id))
    edges = [Friend.objects.create(user_id=user, friend_id=friend, since=now) for user, friend in sides]
    for edge in edges:
        pair.tell(edge.user_id, "friend.accepted", {"friend": spelling.friend(edge), "requests": answered})
    return edges[0]
