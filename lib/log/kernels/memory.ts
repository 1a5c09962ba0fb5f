/**
 * How the kernel's memory is divided; TypeScript and AssemblyScript at once. It is reserved when the
 * module loads and never grows, since growing would detach every view of it. What is not touched
 * costs no memory of the machine.
 *
 *     0           constants of the module, the result of unpackClassic
 *     1 MiB       scratch: what a batch checksum covers, bytes to be hashed
 *     67 MiB      input: one frame of the wire, or stored batches
 *     133 MiB     output: takes any input in the classic form (64 / 48 of it at most)
 *     224 MiB     replies: messages on their way to sockets, where they were read and checked
 *     256 MiB     end
 *
 * @module
 */

/** Where unpackClassic leaves `u32 count` and, 8 bytes on, `f64 lastOffset`. */
export const RESULT_AT = 0x80000;
export const SCRATCH_AT = 0x100000;
export const SCRATCH_BYTES = 0x4200000;
export const INPUT_AT = 0x4300000;
export const INPUT_BYTES = 0x4200000;
export const OUTPUT_AT = 0x8500000;
export const OUTPUT_BYTES = 0x5b00000;
export const REPLIES_AT = 0xe000000;
export const REPLIES_BYTES = 0x2000000;
export const MEMORY_BYTES = 0x10000000;
