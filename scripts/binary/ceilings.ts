/**
 * What the binary promises: README.md and docs/install.md state the same figures, and a test holds
 * them equal.
 *
 * @module
 */

/** Resident memory of a node that nobody talks to, in MB (10^6 bytes). */
export const IDLE_MB_MAX = 180;

/** The most resident memory there is while messages go through at full speed, in MB. */
export const LOADED_MB_MAX = 350;

/** From its start to serving, on an empty data directory, in milliseconds. */
export const READY_MS_MAX = 300;
