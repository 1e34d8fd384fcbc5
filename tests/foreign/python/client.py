"""Talks to a running Arauto server with the Python package websockets (10.4), which knows nothing of Arauto.

usage: client.py HTTP_URL CHANNEL ALICE_TOKEN SERVICE_TOKEN HEARTBEAT_TIMEOUT_SECONDS
Prints a line for each thing that holds; ends with 1 and a traceback at the first that does not.
"""
import asyncio
import json
import sys
import urllib.request

import websockets

HTTP, CHANNEL, ALICE, SERVICE, HEARTBEAT_TIMEOUT = sys.argv[1:6]
WS = HTTP.rstrip("/").replace("http", "ws", 1) + "/ws"
SIGNALS = ("connected", "heartbeat", "presence", "typing", "receipt")


class Client:
    """A connection with the few lines that every user of a plain WebSocket library writes."""

    def __init__(self, socket):
        self.socket = socket
        self.waiting = []
        self.last_id = 0

    @staticmethod
    async def connect(token=None, **options):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return Client(await websockets.connect(WS, extra_headers=headers, **options))

    async def send(self, **frame):
        await self.socket.send(json.dumps(frame))

    async def frame(self):
        return json.loads(await asyncio.wait_for(self.socket.recv(), 10))

    async def first(self, kind):
        """The next frame of one kind."""
        while True:
            frame = await self.frame()
            if frame["type"] == kind:
                return frame

    async def ask(self, **frame):
        self.last_id += 1
        await self.send(id=self.last_id, **frame)
        while True:
            answer = await self.frame()
            if answer.get("id") == self.last_id and answer["type"] in ("reply", "error", "pong"):
                return answer
            if answer["type"] not in SIGNALS:
                self.waiting.append(answer)

    async def message(self):
        while not self.waiting:
            frame = await self.frame()
            if frame["type"] not in SIGNALS:
                self.waiting.append(frame)
        return self.waiting.pop(0)

    async def nothing_waits(self):
        """A ping there and back: whatever was on its way has arrived."""
        await self.ask(type="ping")
        return not self.waiting

    async def closed(self):
        """Reads to the end; the server's close code."""
        try:
            while True:
                await self.frame()
        except websockets.ConnectionClosed:
            return self.socket.close_code

    async def publish(self, number, **more):
        reply = await self.ask(type="publish", channel=CHANNEL, event="chat", key=f"python-{number}", data={"number": number, **more})
        assert reply["type"] == "reply" and reply["durable"], reply
        return reply

    async def expect(self, numbers):
        """Exactly these messages, in this order."""
        messages = [await self.message() for _ in numbers]
        assert [message["data"]["number"] for message in messages] == list(numbers), messages
        offsets = [message["offset"] for message in messages]
        assert offsets == list(range(offsets[0], offsets[0] + len(offsets))), offsets
        assert await self.nothing_waits(), self.waiting
        return messages[-1]["cursor"]


async def authentication():
    alice = await Client.connect(ALICE, subprotocols=["arauto.v1.json"])
    assert alice.socket.subprotocol == "arauto.v1.json", alice.socket.subprotocol
    assert [extension.name for extension in alice.socket.extensions] == ["permessage-deflate"], alice.socket.extensions
    assert (await alice.first("connected"))["user"] == "alice"
    await alice.socket.close()
    assert alice.socket.close_code == 1000, alice.socket.close_code
    print("ok: token in the header, subprotocol, permessage-deflate, close 1000")

    alice = await Client.connect()
    reply = await alice.ask(type="auth", token=ALICE)
    assert (reply["type"], reply["user"]) == ("reply", "alice"), reply
    await alice.socket.close()
    print("ok: token in the first frame")

    try:
        await Client.connect("not-a-token")
        raise AssertionError("A token that is none was taken.")
    except websockets.InvalidStatusCode as refused:
        assert refused.status_code == 401, refused
    print("ok: a bad token in the header is answered with HTTP 401")


async def messages(publisher, subscriber):
    first = await publisher.publish(1)
    for number in range(2, 51):
        await publisher.publish(number)
    again = await publisher.publish(1)
    assert again["message"] == first["message"] and again["offset"] == first["offset"], again
    cursor = await subscriber.expect(range(1, 51))
    print("ok: 50 messages in order, a repeated key has one effect and the first answer")

    filler = "as compressible as text is, " * 2000
    await publisher.publish(51, filler=filler)
    message = await subscriber.message()
    assert message["data"]["filler"] == filler
    print("ok: a large message through permessage-deflate")
    return message["cursor"]


async def cut_off(publisher, subscriber, connection, cursor):
    request = urllib.request.Request(f"{HTTP.rstrip('/')}/v1/connections/{connection}", method="DELETE", headers={"Authorization": f"Bearer {SERVICE}"})
    with await asyncio.to_thread(urllib.request.urlopen, request) as response:
        assert response.status == 204, response.status
    assert await subscriber.closed() == 4009, subscriber.socket.close_code
    for number in range(52, 82):
        await publisher.publish(number)
    subscriber = await Client.connect(ALICE)
    reply = await subscriber.ask(type="subscribe", channel=CHANNEL, since=cursor)
    assert reply["resumed"], reply
    cursor = await subscriber.expect(range(52, 82))
    print("ok: closed by the server with 4009, came back, got the 30 missed messages and no other")

    subscriber.socket.transport.abort()
    for number in range(82, 92):
        await publisher.publish(number)
    subscriber = await Client.connect(ALICE)
    reply = await subscriber.ask(type="subscribe", channel=CHANNEL, since=cursor)
    assert reply["resumed"], reply
    await publisher.publish(92)
    await subscriber.expect(range(82, 93))
    print("ok: broken off by TCP, came back, got the missed messages, then the live one")
    return subscriber


async def heartbeat(subscriber):
    # Nothing is sent meanwhile: only the library's own answers to the server's pings keep the connection.
    loop = asyncio.get_running_loop()
    end = loop.time() + 1.5 * float(HEARTBEAT_TIMEOUT)
    beats = 0
    while loop.time() < end:
        frame = await subscriber.frame()
        assert frame == {"type": "heartbeat", "status": "ok"}, frame
        beats += 1
    assert await subscriber.nothing_waits()
    print(f"ok: silent for longer than the heartbeat timeout and still there, {beats} heartbeats")


async def close_codes():
    async def code_after(frame, token=ALICE):
        client = await Client.connect(token)
        await client.socket.send(frame)
        return await client.closed()

    codes = {
        "a bad token in the first frame": (await code_after(json.dumps({"type": "auth", "token": "not-a-token"}), token=None), 4001),
        "a binary frame on JSON": (await code_after(b"\x00\x01"), 1003),
        "a message over the limit": (await code_after(json.dumps({"type": "ping", "filler": "x" * 100_000})), 1009),
    }
    for what, (code, expected) in codes.items():
        assert code == expected, f"{what}: {code}, not {expected}"
        print(f"ok: {what} closes with {code}")


async def main():
    await authentication()
    # The library pings the server as well, and would break off without its pongs.
    publisher = await Client.connect(SERVICE, ping_interval=0.5, ping_timeout=5)
    subscriber = await Client.connect(ALICE, ping_interval=None)
    connection = (await subscriber.first("connected"))["connection"]
    reply = await subscriber.ask(type="subscribe", channel=CHANNEL)
    assert reply["type"] == "reply" and not reply["resumed"], reply
    cursor = await messages(publisher, subscriber)
    subscriber = await cut_off(publisher, subscriber, connection, cursor)
    await close_codes()
    silent = await Client.connect(ALICE, ping_interval=None)
    await silent.first("connected")
    await heartbeat(silent)
    assert (await publisher.ask(type="ping"))["type"] == "pong"
    for client in (silent, subscriber, publisher):
        await client.socket.close()


asyncio.run(asyncio.wait_for(main(), 60))
