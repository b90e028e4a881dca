"""Two people talk through a running server, and what goes over the wire is written down for docs/protocol.md."""

import json
import re
import socket
import textwrap
from contextlib import ExitStack
from typing import Any

import httpx2
from websockets import Subprotocol
from websockets.sync.client import ClientConnection, connect

from imserver.ids import uuid7

Json = dict[str, Any]
WIDTH = 122


class Transcript:
    """Lines of what was said. Ids that have a name are written as that name."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._lines: list[str] = []

    def remark(self, words: str) -> None:
        self._lines += ["", f"# {words}"]

    def note(self, *words: str, body: Json) -> None:
        self._lines.append(" ".join((*words, json.dumps(body, ensure_ascii=False))))

    def __str__(self) -> str:
        text = re.sub(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "eyJ…", "\n".join(self._lines))
        text = re.sub(r'"limits": \{[^}]*\}', '"limits": {…}', text)
        for value, name in self.names.items():
            text = text.replace(value, name)
        legend = [f"{name} = {value}" for value, name in self.names.items() if "-" not in name]
        folded = [
            textwrap.fill(line, WIDTH, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False)
            for line in [*legend, *text.split("\n")]
        ]
        return "```text\n" + "\n".join(folded) + "\n```\n"


class Device:
    """A person's device, at both doors of the server."""

    def __init__(self, who: str, server: str, transcript: Transcript):
        self.who, self._server, self._transcript = who, server, transcript
        self._token, self._frame, self._calls = "", 0, 0
        self._opened = ExitStack()
        self._socket: ClientConnection

    def http(self, method: str, path: str, body: Json) -> Json:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {"X-Device-Name": f"{self.who}'s"}
        self._transcript.note(self.who, "→", method, path, body=body)
        answer = httpx2.request(method, self._server + path, json=body, headers=headers, trust_env=False)
        found: Json = answer.json()
        self._transcript.note(self.who, "←", str(answer.status_code), body=found)
        return found

    def sign_up(self) -> None:
        self._enter("signup", email=f"{self.who.lower()}@example.com", display_name=self.who)

    def log_in(self) -> None:
        self._enter("login")

    def _enter(self, door: str, **more: str) -> None:
        fields = {"username": self.who.lower(), "password": "correct-horse", **more}
        answer = self.http("POST", f"/v1/auth/{door}", fields)
        self._token, self.id = answer["meta"]["access_token"], answer["data"]["user"]["id"]
        self._transcript.names[self.id] = self.who.upper()

    def connect(self, **known: Any) -> Json:
        url = self._server.replace("http", "ws", 1) + "/v1/ws"
        link = connect(url, subprotocols=[Subprotocol("im.v1.json")], compression=None, proxy=None)
        self._socket = self._opened.enter_context(link)
        welcome = self.call("hello", {"token": self._token, **known}, "welcome")
        self._transcript.names |= {welcome["session"]: f"PHONE-OF-{self.who.upper()}", welcome["epoch"]: "EPOCH"}
        return welcome

    def call(self, kind: str, data: Json, answer: str = "ok") -> Json:
        self._calls += 1
        self._tell({"type": kind, "id": self._calls, "data": data})
        return self.hear(answer)

    def hear(self, kind: str) -> Json:
        """The data of the next frame, which is of this type."""
        frame = json.loads(self._socket.recv(timeout=10))
        self._transcript.note(self.who, "←", body=frame)
        assert frame["type"] == kind, frame
        self._frame = frame.get("frame", self._frame)
        found: Json = frame["data"]
        return found

    def ack(self) -> None:
        self._tell({"type": "ack", "data": {"frame": self._frame}})

    def _tell(self, frame: Json) -> None:
        self._transcript.note(self.who, "→", body=frame)
        self._socket.send(json.dumps(frame))

    def drop(self) -> None:
        """The network goes away, without a goodbye."""
        self._socket.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._opened.close()


def play(server: str) -> Transcript:
    """Ann and Bob are new, exchange messages, and Bob comes back after he lost the network."""
    transcript = Transcript()
    ann, bob = Device("Ann", server, transcript), Device("Bob", server, transcript)
    Device("Bob", server, Transcript()).sign_up()
    try:
        transcript.remark("Ann signs up, which logs her in. Bob has an account and logs in.")
        ann.sign_up()
        bob.log_in()
        transcript.remark("Both connect. There is nothing yet.")
        ann.connect()
        epoch = bob.connect()["epoch"]
        chat = _talk(ann, bob, transcript)
        _come_back(ann, bob, transcript, epoch=epoch, chat=chat)
    finally:
        ann.close()
        bob.close()
    return transcript


def _draft(text: str, transcript: Transcript) -> Json:
    key = str(uuid7())
    transcript.names[key] = f"KEY-{sum(name.startswith('KEY') for name in transcript.names.values()) + 1}"
    return {"key": key, "kind": "text", "content": {"text": text}}


def _talk(ann: Device, bob: Device, transcript: Transcript) -> str:
    transcript.remark("The first message goes to a person. Ann gets the ok in place of the entry.")
    chat: str = ann.call("message.send", {"to_user": bob.id, **_draft("Hello Bob", transcript)})["conversation"]
    transcript.names[chat] = "CHAT"
    transcript.remark("Bob gets the entry. It is a new conversation, so he asks for its head. One ack is for both.")
    bob.hear("entries")
    bob.call("sync", {"heads": {}}, "heads")
    bob.ack()
    transcript.remark("The ack said that it arrived: both are told, within a second or so.")
    ann.hear("marks")
    bob.hear("marks")
    transcript.remark("Bob has read it.")
    bob.call("mark", {"conversation": chat, "read_seq": 1})
    bob.hear("marks")
    ann.hear("marks")
    transcript.remark("Ann edits it. Every socket gets the change, with the message's whole new state.")
    ann.http("PATCH", f"/v1/conversations/{chat}/messages/1", {"content": {"text": "Hello, Bob!"}})
    for one in (ann, bob):
        one.hear("entries")
        one.ack()
    return chat


def _come_back(ann: Device, bob: Device, transcript: Transcript, *, epoch: str, chat: str) -> None:
    transcript.remark("Bob loses the network. Ann writes, and sends the same key again as if she had seen no answer.")
    bob.drop()
    draft = {"conversation": chat, **_draft("Are you there?", transcript)}
    ann.call("message.send", draft)
    ann.call("message.send", draft)
    transcript.remark("Bob comes back, says what he has (rev, read, peer_read, peer_delivered) and pulls the rest.")
    bob.connect(epoch=epoch, heads={chat: [2, 1, 1, 0]})
    bob.call("pull", {"conversation": chat, "after_rev": 2}, "entries")
    bob.ack()
    ann.hear("marks")
    bob.hear("marks")


def steps(text: str) -> list[str]:
    """Who said what to the server or heard what from it, without the details, in order."""
    found = re.findall(r'^(Ann|Bob) ([→←]) (?:\{.*?"type": "([a-z.]+)"|([A-Z]+ /v1/\w+|\d+))', text, re.MULTILINE)
    return [" ".join(filter(None, step)) for step in found]
