import { assert } from "@std/assert";
import { MemoryReplayStore } from "../../tls/replay_store.ts";

Deno.test("MemoryReplayStore.admit() takes an id once", () => {
  const store = new MemoryReplayStore(() => 0, 10);
  assert(store.admit(Uint8Array.of(1, 2), 100));
  assert(!store.admit(Uint8Array.of(1, 2), 100));
  assert(store.admit(Uint8Array.of(1, 3), 100));
});

Deno.test("MemoryReplayStore.admit() admits nothing new when it is full: 0-RTT is refused, never replayed (RFC 8446 §8.2)", () => {
  const store = new MemoryReplayStore(() => 0, 2);
  assert(store.admit(Uint8Array.of(1), 100));
  assert(store.admit(Uint8Array.of(2), 100));
  assert(!store.admit(Uint8Array.of(3), 100));
  assert(!store.admit(Uint8Array.of(1), 100));
});

Deno.test("MemoryReplayStore.admit() has room again when ids may be forgotten", () => {
  let now = 0;
  const store = new MemoryReplayStore(() => now, 2);
  store.admit(Uint8Array.of(1), 100);
  store.admit(Uint8Array.of(2), 200);
  now = 100;
  assert(store.admit(Uint8Array.of(3), 300));
  assert(!store.admit(Uint8Array.of(2), 200));
});
