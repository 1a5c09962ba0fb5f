"""The part of the cross program that runs with apache-iggy 0.8 (classic framing): send or poll, and no more."""
import asyncio
import json
import os
import sys

from apache_iggy import IggyClient, PollingStrategy, SendMessage

import messages


async def main(action, address, username, password, stream, topic, seed, round_):
    client = IggyClient(address)
    await client.connect()
    await client.login_user(username, password)
    for partition in range(messages.STREAM_PARTITIONS):
        if action == "send":
            batch = messages.batch(seed, "0.8", round_, partition)
            await client.send_messages(stream, topic, partition, [SendMessage(payload) for payload, _, _ in batch])
        else:
            await poll(client, stream, topic, partition)


async def poll(client, stream, topic, partition):
    offset = 0
    while got := await client.poll_messages(stream, topic, partition, PollingStrategy.Offset(offset), 33, False):
        for m in got:
            print(json.dumps({"partition": partition, "offset": m.offset(), "id": str(m.id()),
                              "timestamp": m.timestamp(), "payload": messages.digest(m.payload())}))
        offset += len(got)


asyncio.run(main(*sys.argv[1:]))
sys.stdout.flush()
# The SDK's threads may outlive the interpreter and then abort the process.
os._exit(0)
