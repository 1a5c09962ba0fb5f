/**
 * Assertions on how the TLS engine refuses: by a reason, and the alert that goes with it.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { type Reason, TlsError } from "../../tls/alert.ts";
import type { AlertName } from "../../tls/registry.ts";

/** Runs `work`, which has to throw a `TlsError` for `reason`. */
export function assertRefused(work: () => unknown, reason: Reason, alert?: AlertName): void {
  const error = assertThrows(work, TlsError);
  assertReason(error, reason, alert);
}

/** That `error` is a `TlsError` for `reason`. */
export function assertReason(error: unknown, reason: Reason, alert?: AlertName): void {
  if (!(error instanceof TlsError)) {
    throw error ?? new Error(`Nothing failed, not ${reason} either`);
  }
  assertEquals(error.reason, reason, error.message);
  if (alert !== undefined) assertEquals(error.alert, alert);
}
