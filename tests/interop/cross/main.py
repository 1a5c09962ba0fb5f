"""Two published SDKs of two protocol generations on one topic: each polls what the other sent.

Prints `ok STEP` or `FAIL STEP: why`, and `N passed, M failed` at the end, as the programs of ../shared/interop do.
Each SDK runs in the virtual environment that its own program made there.
"""
import json
import os
import secrets
import subprocess
import sys

import messages

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.environ.get("INTEROP_CACHE", "/tmp/interop-cache")
ADDRESS = os.environ.get("IGGY_ADDR", "127.0.0.1:8090")
USER = os.environ.get("IGGY_USERNAME", "iggy")
PASSWORD = os.environ.get("IGGY_PASSWORD", "iggy")
TIMEOUT = float(os.environ.get("IGGY_STEP_TIMEOUT", "60"))
STREAM = f"it-cross-{secrets.token_hex(4)}"
SEED = secrets.token_hex(4)
passed = failed = 0


class Mismatch(Exception):
    pass


def sdk(version, action, round_=0):
    """Runs one SDK; gives the messages it polled."""
    program = os.path.join(HERE, f"sdk_{version.replace('.', '_')}.py")
    python = os.path.join(CACHE, f"python-{version}.0", "bin", "python")
    if not os.path.exists(python):
        raise Mismatch(f"{python} is not there: run python-{version} first")
    done = subprocess.run([python, program, action, ADDRESS, USER, PASSWORD, STREAM, "t", SEED, str(round_)],
                          capture_output=True, text=True, timeout=TIMEOUT)
    if done.returncode != 0:
        raise Mismatch((done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1])
    return [json.loads(line) for line in done.stdout.splitlines()]


def step(name, run, critical=False):
    global passed, failed
    try:
        result = run()
        passed += 1
        print(f"ok {name}", flush=True)
        return result
    except (Mismatch, subprocess.TimeoutExpired) as error:
        failed += 1
        print(f"FAIL {name}: {error}", flush=True)
        if critical:
            finish()


def finish():
    print(f"{passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed else 0)


def expected():
    """Sender and message of every offset of every partition."""
    for partition in range(messages.STREAM_PARTITIONS):
        offset = 0
        for round_ in range(messages.ROUNDS):
            for version in ("0.8", "0.9"):
                for message in messages.batch(SEED, version, round_, partition):
                    yield partition, offset, version, message
                    offset += 1


def check_sent(polled, sender):
    """What was polled is what `sender` sent, where it was sent."""
    there = {(m["partition"], m["offset"]): m for m in polled}
    for partition, offset, version, (payload, id, headers) in expected():
        if version != sender:
            continue
        where = f"partition {partition}, offset {offset}"
        m = there.get((partition, offset))
        if m is None:
            raise Mismatch(f"{where} is not there")
        if m["payload"] != messages.digest(payload):
            raise Mismatch(f"{where} has another payload")
        if version == "0.9" and m["id"] != str(id):
            raise Mismatch(f"{where} has the id {m['id']}, not {id}")
        if "headers" in m and m["headers"] != (messages.printable(headers) if version == "0.9" else {}):
            raise Mismatch(f"{where} has the headers {m['headers']}")


def check_same(one, other):
    """Both saw the same messages: ids, offsets, timestamps, payloads."""
    def facts(polled):
        return [{name: m[name] for name in ("partition", "offset", "id", "timestamp", "payload")} for m in polled]
    if len(one) != len(other):
        raise Mismatch(f"{len(one)} messages and {len(other)}")
    for a, b in zip(facts(one), facts(other)):
        if a != b:
            raise Mismatch(f"{a} and {b}")


step("0.9 makes a topic", lambda: sdk("0.9", "make"), critical=True)
for round_ in range(messages.ROUNDS):
    for version in ("0.8", "0.9"):
        step(f"{version} sends, round {round_ + 1}", lambda: sdk(version, "send", round_), critical=True)
by_0_8 = step("0.8 polls", lambda: sdk("0.8", "poll"), critical=True)
by_0_9 = step("0.9 polls", lambda: sdk("0.9", "poll"), critical=True)
step("0.8 gets what 0.9 sent", lambda: check_sent(by_0_8, "0.9"))
step("0.9 gets what 0.8 sent", lambda: check_sent(by_0_9, "0.8"))
step("each gets what it sent, amid the other's", lambda: (check_sent(by_0_8, "0.8"), check_sent(by_0_9, "0.9")))
step("both see the same ids, offsets and timestamps", lambda: check_same(by_0_8, by_0_9))
step("0.9 deletes the stream", lambda: sdk("0.9", "delete"))
finish()
