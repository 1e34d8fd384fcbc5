"""Follows /notifications with the Python package websockets (10.4): pings, reconnects by itself, knows whether it is connected.

usage: notifications.py HTTP_URL ALICE_TOKEN SERVICE_TOKEN
Prints a line for each thing that holds; ends with 1 and a traceback at the first that does not.
"""
import asyncio
import json
import sys
import time
import urllib.request

import websockets

HTTP, ALICE, SERVICE = sys.argv[1].rstrip("/"), *sys.argv[2:4]
URL = f"{HTTP.replace('http', 'ws', 1)}/notifications?token={ALICE}"


class Device:
    """A command-line client as one would write it in a few lines: one loop that connects again and again."""

    def __init__(self, ping_every):
        self.ping_every = ping_every
        self.connected = asyncio.Event()
        self.shown = asyncio.Queue()
        self.pongs = 0
        self.connections = 0
        self.socket = None
        self.task = asyncio.create_task(self.run())

    async def run(self):
        while True:
            try:
                async with websockets.connect(URL) as self.socket:
                    self.connections += 1
                    self.connected.set()
                    pinging = asyncio.create_task(self.ping())
                    try:
                        async for frame in self.socket:
                            await self.take(json.loads(frame))
                    finally:
                        pinging.cancel()
            except (websockets.ConnectionClosed, OSError):
                pass
            self.connected.clear()
            await asyncio.sleep(0.2)

    async def ping(self):
        while True:
            await self.socket.send('{"type":"ping"}')
            await asyncio.sleep(self.ping_every)

    async def take(self, frame):
        if frame["type"] == "pong":
            self.pongs += 1
        else:
            await self.shown.put(frame)

    async def next(self):
        return await asyncio.wait_for(self.shown.get(), 10)


def call(method, path, body=None):
    request = urllib.request.Request(HTTP + path, method=method, data=body and json.dumps(body).encode(), headers={"Authorization": f"Bearer {SERVICE}"})
    with urllib.request.urlopen(request) as response:
        text = response.read()
        return json.loads(text) if text else None


async def notify(content):
    notification = {
        "type": "new_message", "message_id": f"m-{content}", "sender_id": "bob", "conversation_id": "c1",
        "content": content, "timestamp": int(time.time() * 1000),
    }
    await asyncio.to_thread(call, "POST", "/v1/publish", {"channel": "notifications:alice", "event": "new_message", "data": notification})
    return notification


async def until(what, condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, f"in vain: {what}"
        await asyncio.sleep(0.02)


async def main():
    try:
        await websockets.connect(URL.replace(ALICE, "not-a-token"))
        raise AssertionError("A token that is none was taken.")
    except websockets.InvalidStatusCode as refused:
        assert refused.status_code == 401, refused
    print("ok: a bad token is answered with HTTP 401")

    devices = [Device(0.1), Device(0.1)]
    for device in devices:
        await asyncio.wait_for(device.connected.wait(), 10)
        # A pong says that the connection is served, so what is published now arrives.
        await until("a pong", lambda: device.pongs > 0)
    sent = await notify("olá")
    for device in devices:
        assert await device.next() == sent
    print("ok: a notification reaches both devices as it was published")

    before = [device.pongs for device in devices]
    await until("more pongs", lambda: all(device.pongs > count + 2 for device, count in zip(devices, before)))
    print("ok: every ping is answered")

    connections = await asyncio.to_thread(call, "GET", "/v1/connections?user=alice")
    for connection in connections["connections"]:
        await asyncio.to_thread(call, "DELETE", f"/v1/connections/{connection['id']}")
    await until("both are back", lambda: all(device.connections == 2 and device.connected.is_set() for device in devices))
    before = [device.pongs for device in devices]
    await until("pongs again", lambda: all(device.pongs > count for device, count in zip(devices, before)))
    sent = await notify("again")
    for device in devices:
        assert await device.next() == sent
    print("ok: closed by the server, both came back by themselves and went on")

    assert all(device.shown.empty() for device in devices)
    for device in devices:
        device.task.cancel()


asyncio.run(asyncio.wait_for(main(), 60))
