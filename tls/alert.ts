/**
 * The one error of the engine. A {@link TlsError} is the alert that the peer is sent, or the alert
 * that it sent; the reason says more exactly what was wrong, for logs and tests.
 *
 * @module
 */
import { AlertDescription, type AlertName } from "./registry.ts";

/** What a connection ends with. */
export class TlsError extends Error {
  override readonly name: string = "TlsError";
  /** The alert: sent to the peer, or received from it when `reason` is `alertReceived`. */
  readonly alert: AlertName;

  constructor(
    readonly reason: Reason,
    message: string,
    options?: ErrorOptions & { alert?: AlertName },
  ) {
    super(message, options);
    this.alert = options?.alert ?? REASONS[reason];
  }

  /** The alert's number (RFC 8446 §6). */
  get description(): number {
    return AlertDescription[this.alert];
  }
}

/** What was wrong, and which alert answers it (RFC 8446 §6.2). */
const REASONS = {
  badKeyShare: "illegal_parameter",
} as const satisfies Record<string, AlertName>;

export type Reason = keyof typeof REASONS;
