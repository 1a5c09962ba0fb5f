// @ts-nocheck: AssemblyScript
/**
 * ChaCha20 on four blocks at once, fused with Poly1305. The compiler sees the text that
 * scripts/kernels/chacha20_passes.ts writes in place of this file.
 *
 * @module
 */

/**
 * Makes `count` times 256 bytes of keystream from the state at `CHACHA_STATE_AT`, whose counters
 * move on by four each time, and writes its sum with the bytes at `from` to `to`. Beside that it
 * takes blocks at `hashed` into Poly1305: `blocks` in the first pass, 16 in each further one; an
 * even number, at most 20. A pass has read what it hashes before it writes, so that `hashed` may
 * be `from`, and `from` may be `to`.
 */
export declare function chacha20Passes(
  from: usize,
  to: usize,
  hashed: usize,
  count: u32,
  blocks: u32,
): void;
