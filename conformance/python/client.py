"""Drives a server in mode app with the python-socketio client: client.py URL TRANSPORT.

Ends with status 0 when everything was as expected. The asynchronous client is used over both
transports; over WebSocket the synchronous one, which is another implementation, follows.
"""

import asyncio
import sys
import threading

import socketio

DEADLINE_SECONDS = 5
NAMESPACES = ["/", "/custom", "/dyn-1"]
VALUES = [
    True, False, 0, -1, 1.5, 2**53 - 1, 5e-324, "", "Grüße 😀 \u2028",
    [], {}, [1, ["two", {"three": [None]}]], {"a": {"b": []}},
]
BINARY = [b"\x00\x01\xff", {"deep": [bytes(range(256)), b""]}]


async def within(awaitable):
    return await asyncio.wait_for(awaitable, DEADLINE_SECONDS)


def as_list(received):
    """An acknowledgement with one argument comes bare, one with several as a tuple."""
    return list(received) if isinstance(received, tuple) else [received]


class Session:
    """A connected asynchronous client whose events can be awaited."""

    def __init__(self):
        self.client = socketio.AsyncClient(reconnection=False)
        self.received = {}
        for namespace in NAMESPACES:
            for event in ["back", "broadcast", "room", "hello", "connect", "disconnect"]:
                self._listen(event, namespace)
            self.client.on("question", lambda question: (question, b"\x07", 1.5), namespace)

    def _listen(self, event, namespace):
        queue = self.received.setdefault((event, namespace), asyncio.Queue())
        self.client.on(event, lambda *args: queue.put_nowait(args), namespace)

    async def next(self, event, namespace="/"):
        return list(await within(self.received[event, namespace].get()))

    async def ask(self, event, data=None, namespace="/"):
        return await self.client.call(event, data, namespace, DEADLINE_SECONDS)


async def connect(url, transport):
    session = Session()
    transports = ["polling", "websocket"] if transport == "upgrade" else [transport]
    await within(
        session.client.connect(
            url,
            headers={"x-judge": "python"},
            auth={"token": "python"},
            transports=transports,
            namespaces=NAMESPACES,
            wait_timeout=DEADLINE_SECONDS,
        )
    )
    return session


async def check_identity(session, transport):
    for namespace in NAMESPACES:
        me = await session.ask("whoami", namespace=namespace)
        assert me["id"] == session.client.get_sid(namespace), me
        assert me["nsp"] == namespace, me
        assert me["protocol"] == 4, me
        assert me["auth"] == {"token": "python"}, me
        assert me["header"] == "python", me
        assert me["transport"] == ("polling" if transport == "polling" else "websocket"), me
    assert await session.next("hello", "/dyn-1") == [{"nsp": "/dyn-1"}]


async def check_values(session):
    for value in VALUES + BINARY:
        assert await session.ask("echo", value) == value, value
    several = tuple(VALUES + BINARY)
    assert as_list(await session.ask("echo", several)) == list(several)
    await session.client.emit("emitBack", ("back",) + several)
    assert await session.next("back") == list(several)
    assert await session.ask("digest", b"\x01\x02\x03") == {"length": 3, "sum": 6}
    generated = await session.ask("generate", 300)
    expected = bytes(i & 255 for i in range(300))
    assert generated == {"nested": [expected, {"again": expected}], "n": 300}
    large = "x" * 300_000
    assert await session.ask("echo", large) == large


async def check_acknowledgements(session):
    answer = await session.ask("askMe", namespace="/custom")
    assert answer == {"ok": True, "answer": ["what?", b"\x07", 1.5]}, answer


async def check_rooms(url, transport, session):
    other = await connect(url, transport)
    rooms = await session.ask("join", ["python"], "/custom")
    assert rooms == sorted([session.client.get_sid("/custom"), "python"]), rooms
    await other.client.emit("room", ("python", {"to": "room"}), "/custom")
    assert await session.next("room", "/custom") == [{"to": "room"}]
    await other.client.emit("broadcastOthers", b"\x01", "/custom")
    assert await session.next("broadcast", "/custom") == [b"\x01"]
    await other.client.disconnect()


async def check_order(session):
    # In groups: this client gives up when a polling response has more than 16 packets.
    for group in range(5):
        expected = range(group * 10, group * 10 + 10)
        for i in expected:
            await session.client.emit("seq", i)
            await session.client.emit("emitBack", ("back", i))
        assert [await session.next("back") for _ in expected] == [[i] for i in expected]
    assert await session.ask("seqGet") == list(range(50))


async def check_disconnection(session):
    await session.client.emit("kickMe", False, "/custom")
    await session.next("disconnect", "/custom")
    assert await session.ask("echo", "main is still there") == "main is still there"
    await session.client.disconnect()
    await session.next("disconnect")


async def check_refusal(url, transport):
    client = socketio.AsyncClient(reconnection=False)
    refusals = asyncio.Queue()
    client.on("connect_error", refusals.put_nowait, "/auth")
    transports = ["websocket"] if transport == "websocket" else ["polling"]
    await within(client.connect(url, transports=transports, namespaces=["/auth"], wait=False))
    assert await within(refusals.get()) == {"message": "unauthorized", "data": {"code": 401}}
    await client.disconnect()


async def check_asynchronous_client(url, transport):
    session = await connect(url, transport)
    await check_identity(session, transport)
    await check_values(session)
    await check_acknowledgements(session)
    await check_rooms(url, transport, session)
    await check_order(session)
    await check_disconnection(session)
    await check_refusal(url, transport)


def check_synchronous_client(url):
    client = socketio.Client(reconnection=False)
    back, arrived = [], threading.Event()

    @client.on("back", namespace="/custom")
    def on_back(*args):
        back.extend(args)
        arrived.set()

    @client.on("question", namespace="/custom")
    def on_question(question):
        return question, b"\x09"

    client.connect(url, transports=["websocket"], namespaces=["/custom"], wait_timeout=DEADLINE_SECONDS)
    assert client.call("echo", BINARY, "/custom", DEADLINE_SECONDS) == BINARY
    client.emit("emitBack", ("back", 1.5, BINARY), "/custom")
    assert arrived.wait(DEADLINE_SECONDS)
    assert back == [1.5, BINARY], back
    answer = client.call("askMe", None, "/custom", DEADLINE_SECONDS)
    assert answer == {"ok": True, "answer": ["what?", b"\x09"]}, answer
    client.disconnect()


def main():
    url, transport = sys.argv[1:]
    asyncio.run(check_asynchronous_client(url, transport))
    if transport == "websocket":
        check_synchronous_client(url)


if __name__ == "__main__":
    main()
