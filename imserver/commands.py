"""Table 2: what a socket may ask for, and who answers. Paths are loaded at start and checked by `manage.py check`.

A command is a method of a class that each gateway makes once with its hub: `method(call, data)`. `data` is parsed by
the struct its annotation names. It answers through the call, or is a coroutine whose result is the answer.
"""

COMMANDS = {
    "message.send": "messaging.commands.Messaging.send",
    "mark": "messaging.commands.Messaging.mark",
    "pull": "inbox.commands.Inbox.pull",
    "sync": "messaging.commands.Messaging.sync",
    "typing": "messaging.commands.Messaging.typing",
    "signal": "messaging.calling.Calling.signal",
    "presence.watch": "friends.commands.Presence.watch",
}

# What the gateway itself asks of the apps.
SUBJECT = "accounts.tokens.subject"  # (token) -> user_id, device_id, expires_at
SESSIONS = "accounts.queries.sessions"  # [(user, device)] -> {device: person or None}
REVOKED = "accounts.queries.revoked_since"  # (seconds) -> [(device, close code)]
ARRIVED = "messaging.commands.Messaging.arrived"  # (user, {conversation: seq}): a device has these messages
GONE = "accounts.commands.Sightings.gone"  # (user, device): a socket has closed
STORE = "messaging.resume.STORE"  # heads, groups, entries between two revs, the epoch
