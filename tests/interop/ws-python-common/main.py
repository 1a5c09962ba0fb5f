"""The Python SDK `apache-iggy` over WebSocket: 0.7 and 0.8 (classic framing), 0.9 (VSR framing).

Environment as in ../shared/interop/README.md, and IGGY_WS_ADDR: where the node listens for WebSocket alone. All steps
are done there and on the port that takes everything.
"""
import asyncio
import datetime
import os
import secrets
import sys

from apache_iggy import AutoCommit, AutoCommitWhen, IggyClient, PollingStrategy, SendMessage

VERSION = sys.argv[1]
USER = os.environ.get("IGGY_USERNAME", "iggy")
PASSWORD = os.environ.get("IGGY_PASSWORD", "iggy")
PLACES = {"WebSocket": os.environ.get("IGGY_WS_ADDR", "127.0.0.1:8092"),
          "TCP": os.environ.get("IGGY_ADDR", "127.0.0.1:8090")}
# A reply holds 16 of the long messages; no WebSocket frame that this client takes (16 MiB) holds the longest.
LONG, LONGEST = 1_000_000, 20 << 20
passed = failed = 0


async def step(name, action):
    global passed, failed
    try:
        await asyncio.wait_for(action, 30)
    except Exception as error:
        failed += 1
        print(f"FAIL {name}: {str(error) or type(error).__name__}".replace("\n", " "), flush=True)
    else:
        passed += 1
        print(f"ok {name}", flush=True)


def same(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: got {got!r}, wanted {wanted!r}")


async def opened(address, password=PASSWORD):
    """A client that is logged in; the connection string says all, as it does for programs that use it."""
    options = ["reconnection_retries=2", "reconnection_interval=300ms", "reestablish_after=0s"]
    if os.environ.get("IGGY_TLS") == "1":
        options += ["tls=true", "tls_validate_certificate=true",
                    f"tls_domain={os.environ['IGGY_TLS_DOMAIN']}", f"tls_ca_file={os.environ['IGGY_TLS_CA']}"]
    client = IggyClient.from_connection_string(f"iggy+ws://{USER}:{password}@{address}?{'&'.join(options)}")
    await client.connect()
    return client


class Round:
    """One client in one topic of two partitions."""

    def __init__(self, client):
        self.client, self.stream, self.topic = client, f"ws-{secrets.token_hex(6)}", "events"

    async def make(self):
        await self.client.create_stream(self.stream)
        await self.client.create_topic(self.stream, self.topic, 2)
        same("partitions", (await self.client.get_topic(self.stream, self.topic)).partitions_count, 2)

    async def poll(self, partition, strategy, count, commit=False):
        if VERSION == "0.9":
            from apache_iggy import Consumer
            return await self.client.poll_messages(
                self.stream, self.topic, consumer=Consumer.Single(7), partition_id=partition,
                polling_strategy=strategy, count=count, auto_commit=commit)
        return await self.client.poll_messages(self.stream, self.topic, partition, strategy, count, commit)

    async def send(self, partition, payloads):
        await self.client.send_messages(self.stream, self.topic, partition, [SendMessage(each) for each in payloads])

    async def send_and_poll(self):
        payloads = [bytes([length & 255]) * length for length in (1, 100, 70_000, 200_000)]
        await self.send(0, payloads)
        polled = await self.poll(0, PollingStrategy.Offset(0), 10)
        same("payloads equal", [message.payload() for message in polled] == payloads, True)

    async def stored_offsets(self):
        for wanted in ([0, 1], [2, 3], []):
            polled = await self.poll(0, PollingStrategy.Next(), 2, commit=True)
            same("offsets", [message.offset() for message in polled], wanted)

    async def group(self, address):
        consumer = await (await opened(address)).consumer_group(
            "workers", self.stream, self.topic, polling_strategy=PollingStrategy.Next(), batch_length=10,
            auto_commit=AutoCommit.When(AutoCommitWhen.ConsumingEachMessage()), create_consumer_group_if_not_exists=True,
            auto_join_consumer_group=True, poll_interval=datetime.timedelta(milliseconds=20))
        offsets = []
        async for message in consumer.iter_messages():
            offsets.append(message.offset())
            if len(offsets) == 4:
                break
        same("offsets", offsets, [0, 1, 2, 3])

    async def long_replies(self):
        for batch in range(10):
            await self.send(1, [bytes([batch * 2 + at]) * LONG for at in range(2)])
        polled = []
        while len(polled) < 20:
            # A node may cut a reply short; what it leaves comes with the next.
            more = await self.poll(1, PollingStrategy.Offset(len(polled)), 20)
            same("an empty reply", not more, False)
            print(f"  note: {len(more)} messages of {LONG} bytes in one reply")
            polled += [message.payload() for message in more]
        same("payloads equal", polled == [bytes([at]) * LONG for at in range(20)], True)

    async def longest_message(self):
        await self.send(1, [bytes(LONGEST)])
        polled = await self.poll(1, PollingStrategy.Last(), 1)
        same("payload equal", [message.payload() for message in polled] == [bytes(LONGEST)], True)


async def refused(address):
    try:
        await opened(address, password="wrong-password")
    except RuntimeError:
        return
    raise AssertionError("was accepted")


async def run(place, address):
    async def connect():
        nonlocal client
        client = await opened(address)

    client = None
    await step(f"connect and login, {place} port", connect())
    if client is None:
        return
    it = Round(client)
    await step(f"bad password rejected, {place} port", refused(address))
    await step(f"create stream and topic, {place} port", it.make())
    await step(f"send and poll, 0 to 200 kB, {place} port", it.send_and_poll())
    await step(f"stored offsets, {place} port", it.stored_offsets())
    await step(f"group of one, {place} port", it.group(address))
    await step(f"replies of many megabytes, {place} port", it.long_replies())
    await step(f"a message longer than a frame may be, {place} port", it.longest_message())
    if VERSION == "0.9":
        await step(f"delete stream, {place} port", client.delete_stream(it.stream))
    else:
        print(f"skip delete stream, {place} port: not in the SDK")


async def main():
    for place, address in PLACES.items():
        await run(place, address)
    print(f"{passed} passed, {failed} failed", flush=True)
    # The SDK's threads may outlive the interpreter and then abort the process.
    os._exit(1 if failed else 0)


asyncio.run(main())
