"""The part of the cross program that runs with apache-iggy 0.9 (VSR framing): make, send, poll or delete, and no more."""
import asyncio
import json
import os
import sys

from apache_iggy import AutoLogin, Consumer, IggyClient, Partitioning, PollingStrategy, SendMessage, TcpConfig

import messages


async def main(action, address, username, password, stream, topic, seed, round_):
    client = IggyClient(TcpConfig(server_address=address, auto_login=AutoLogin.disabled()))
    await client.connect()
    await client.login_user(username, password)
    if action == "make":
        await client.create_stream(stream)
        await client.create_topic(stream, topic, messages.STREAM_PARTITIONS)
    elif action == "delete":
        await client.delete_stream(stream)
    for partition in range(messages.STREAM_PARTITIONS):
        if action == "send":
            batch = messages.batch(seed, "0.9", round_, partition)
            sent = [SendMessage(payload, user_headers=headers or None, id=id) for payload, id, headers in batch]
            await client.send_messages(stream, topic, Partitioning.partition_id(partition), sent)
        elif action == "poll":
            await poll(client, stream, topic, partition)


async def poll(client, stream, topic, partition):
    offset = 0
    while got := await client.poll_messages(stream, topic, consumer=Consumer.Single(9), partition_id=partition,
                                            polling_strategy=PollingStrategy.Offset(offset), count=33,
                                            auto_commit=False):
        for m in got:
            headers = m.user_headers()
            print(json.dumps({"partition": partition, "offset": m.offset(), "id": str(m.id()),
                              "timestamp": m.timestamp(), "payload": messages.digest(m.payload()),
                              "headers": messages.printable(headers.to_scalar_dict() if headers else {})}))
        offset += len(got)


asyncio.run(main(*sys.argv[1:]))
sys.stdout.flush()
# The SDK's threads may outlive the interpreter and then abort the process.
os._exit(0)
