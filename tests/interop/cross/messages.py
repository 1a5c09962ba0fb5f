"""What each SDK sends: the same for whoever asks with the same seed, so that both sides know it.

Sizes are log-uniform from 1 byte to 1 MiB; ids and headers are there where the SDK has them (0.9).
"""
import hashlib
import random

STREAM_PARTITIONS = 3
ROUNDS = 2
BATCH = 80
SIZE_MAX = 1024 * 1024


def batch(seed, sdk, round_, partition):
    """Payload, id and headers of each message of one send."""
    rng = random.Random(f"{seed} {sdk} {round_} {partition}")
    noise = rng.randbytes(2 * SIZE_MAX)
    made = []
    for index in range(BATCH):
        size = int(SIZE_MAX ** rng.random())
        start = rng.randrange(SIZE_MAX)
        made.append((noise[start:start + size], rng.getrandbits(128) | 1, headers(rng, index)))
    return made


def headers(rng, index):
    """Every other message has some: text, numbers, flags, bytes."""
    if index % 2 == 1:
        return {}
    return {"index": index, "flag": rng.random() < 0.5, "ratio": rng.random(), "text": f"ß漢{index}",
            "raw": rng.randbytes(rng.randint(1, 255))}


def digest(payload):
    return hashlib.sha256(payload).hexdigest()


def printable(found):
    """Headers as JSON can say them."""
    return {key: value.hex() if isinstance(value, bytes) else value for key, value in found.items()}
