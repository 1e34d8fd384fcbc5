"""Talks to a running host of the Socket.IO suites with the Python package socketio (Debian: 5.7), which knows nothing of Arauto.

usage: socketio_client.py SMOKE_URL SIOC_URL
Each check runs with the synchronous and the asyncio client, by polling, by WebSocket and by going over from one to the other.
Prints a line for each thing that holds; ends with 1 and a traceback at the first that does not.
"""
import asyncio
import sys

import socketio

SMOKE, SIOC = sys.argv[1:3]
WAYS = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": ["polling", "websocket"]}
EVENTS = ("auth", "message-back", "room-msg", "bcast")


class Client:
    """One client of either kind, with what it heard per namespace and event."""

    def __init__(self, kind, way):
        self.kind = kind
        self.way = way
        options = {"reconnection_delay": 0.05, "reconnection_delay_max": 0.1, "request_timeout": 10}
        self.client = socketio.Client(**options) if kind == "sync" else socketio.AsyncClient(**options)
        self.loop = asyncio.get_running_loop()
        self.heard = {}
        for namespace in ("/", "/custom", "/no"):
            for event in (*EVENTS, "connect", "disconnect", "connect_error"):
                self.client.on(event, self._hear(namespace, event), namespace=namespace)
        self.client.on("question", self._answer)

    def _hear(self, namespace, event):
        queue = self.heard[namespace, event] = asyncio.Queue()

        def hear(*args):
            # The synchronous client calls from threads of its own.
            self.loop.call_soon_threadsafe(queue.put_nowait, args)

        return hear

    @staticmethod
    def _answer(*args):
        return "answer", list(args)

    async def _do(self, method, *args, **named):
        call = getattr(self.client, method)
        if self.kind == "sync":
            return await asyncio.to_thread(call, *args, **named)
        return await call(*args, **named)

    async def connect(self, url=SMOKE, namespaces=("/",), wait_timeout=10, **named):
        await self._do("connect", url, transports=WAYS[self.way], namespaces=list(namespaces), wait_timeout=wait_timeout, **named)
        return self

    async def emit(self, event, *args, **named):
        await self._do("emit", event, args, **named)

    async def call(self, event, *args, **named):
        return await self._do("call", event, args, timeout=10, **named)

    async def next(self, event, namespace="/"):
        return await asyncio.wait_for(self.heard[namespace, event].get(), 10)

    def nothing(self, event, namespace="/"):
        return self.heard[namespace, event].empty()

    async def settle(self):
        """There and back: whatever was sent to it before has arrived."""
        await self.emit("message", "settled")
        while await self.next("message-back") != ("settled",):
            pass

    async def close(self):
        await self._do("disconnect")


async def connection(new):
    client = await new(auth={"token": "abc", "list": [1]})
    assert await client.next("auth") == ({"token": "abc", "list": [1]},)
    assert client.client.get_sid() == await client.call("getId")
    assert client.client.get_sid() != client.client.eio.sid
    assert await client.call("transport") == ("polling" if client.way == "polling" else "websocket")
    bare = await new()
    assert await bare.next("auth") == ({},)


async def acknowledgements(new):
    client = await new()
    assert await client.call("message-with-ack") is None
    assert await client.call("message-with-ack", {"3": [True], "text": "てすと 😀"}) == {"3": [True], "text": "てすと 😀"}
    assert tuple(await client.call("message-with-ack", 1, "2", None)) == (1, "2", None)
    assert list(await client.call("ask-me", 1, {"two": 2})) == ["answer", [1, {"two": 2}]]


async def binary(new):
    client = await new()
    value = {"deep": [{"large": bytes(100_000)}, "text"], "empty": b""}
    await client.emit("message", b"\x00\x01\xff", value, 5)
    assert await client.next("message-back") == (b"\x00\x01\xff", value, 5)
    assert tuple(await client.call("message-with-ack", b"\x01", value)) == (b"\x01", value)
    assert list(await client.call("ask-me", b"\x02")) == ["answer", [b"\x02"]]


async def order(new):
    client = await new()
    for first in range(0, 200, 5):
        # This client takes at most 16 packets in one answer to a poll.
        sent = [(bytes([i]) if i % 3 == 0 else i,) for i in range(first, first + 5)]
        for value in sent:
            await client.emit("message", *value)
        assert [await client.next("message-back") for _ in sent] == sent


async def namespaces(new):
    client = await new(namespaces=["/", "/custom"])
    assert client.client.get_sid("/") != client.client.get_sid("/custom")
    await client.emit("message", "here", namespace="/custom")
    assert await client.next("message-back", "/custom") == ("here",)
    await client.settle()

    refused = Client(client.kind, client.way)
    try:
        # It waits that long also after the refusal.
        await refused.connect(namespaces=["/no"], wait_timeout=3)
        raise AssertionError("A namespace was entered that refuses everybody.")
    except socketio.exceptions.ConnectionError:
        assert await refused.next("connect_error", "/no") == ({"message": "Auth failed (custom namespace)", "data": {"code": 42}},)
    finally:
        await refused.close()


async def rooms(new):
    alice, bob, carol = await new(), await new(), await new()
    everybody = (alice, bob, carol)
    for member in (alice, bob):
        assert await member.call("join", "room") == "ok"
    await alice.emit("to-room", "room", 1, {"one": None})
    for member in (alice, bob):
        assert await member.next("room-msg") == ("room", 1, {"one": None})
    await alice.emit("to-room-others", "room", 2)
    assert await bob.next("room-msg") == ("room", 2)
    await carol.emit("bcast-others", 3)
    for member in (alice, bob):
        assert await member.next("bcast") == (3,)
    await carol.emit("bcast-all", 4)
    for member in everybody:
        assert await member.next("bcast") == (4,)
    assert await bob.call("leave", "room") == "ok"
    await alice.emit("to-room", "room", 5)
    assert await alice.next("room-msg") == ("room", 5)
    for member in everybody:
        await member.settle()
        assert member.nothing("room-msg") and member.nothing("bcast")


async def ends(new):
    client = await new(namespaces=["/", "/custom"])
    await client.emit("kick-nsp", namespace="/custom")
    await client.next("disconnect", "/custom")
    assert await client.call("getId") == client.client.get_sid()
    await client.next("connect")
    first = client.client.get_sid()
    await client.emit("kick-hard")
    await client.next("disconnect")
    if client.way == "polling":
        # By polling it is told of the end by a packet, and this client does not come back after that.
        return
    await client.next("connect")
    assert client.client.get_sid() != first
    assert await client.call("getId") == client.client.get_sid()


async def handshake(new):
    client = await new(f"{SIOC}?%26a=%26%3D%3Fa&b=2", headers={"X-Extra": "yes"}, auth={"c": 3})
    said = await client.call("getHandshake")
    assert (said["query"]["&a"], said["query"]["b"], said["headers"]["x-extra"], said["auth"]) == ("&=?a", "2", "yes", {"c": 3}), said


async def run(kind, way, check):
    clients = []

    async def new(*args, **named):
        clients.append(Client(kind, way))
        return await clients[-1].connect(*args, **named)

    try:
        await check(new)
    finally:
        for client in clients:
            await client.close()
    print(f"ok: {kind} client, {way}: {check.__name__}", flush=True)


async def main():
    for kind in ("sync", "asyncio"):
        # The synchronous client handles each message in a thread of its own, so it may mix up what belongs together by itself.
        in_order = () if kind == "sync" else (binary, order)
        for way in WAYS:
            for check in (connection, acknowledgements, *in_order, namespaces, rooms, ends, handshake):
                await run(kind, way, check)


asyncio.run(main())
