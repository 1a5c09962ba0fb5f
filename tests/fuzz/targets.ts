/**
 * What can be named on the command line of `deno task fuzz`, with the corpora of `corpus/`.
 *
 * @module
 */
import { TlsError } from "../../tls/alert.ts";
import { decodeClientHello, encodeClientHello } from "../../tls/client_hello.ts";
import { plainHello } from "../support/tls_samples.ts";
import tlsCorpus from "./corpus/tls.json" with { type: "json" };
import x509Corpus from "./corpus/x509.json" with { type: "json" };
import { BrokenInvariant, type Target } from "./target.ts";
import { connectionTargets } from "./tls_connection_targets.ts";
import { decoderTargets } from "./tls_decoder_targets.ts";
import { x509Targets } from "./x509_targets.ts";

/** Inputs that were worth keeping, in hexadecimal, by target. */
type Corpus = Readonly<Record<string, readonly string[]>>;

export const TARGETS: Readonly<Record<string, readonly Target[]>> = {
  tls: withCorpus([...decoderTargets, ...connectionTargets], tlsCorpus),
  x509: withCorpus(x509Targets, x509Corpus),
};

/**
 * A bug that was planted: to be found it takes an input whose session id was shortened and whose
 * length says so. A fuzzer that does not find it finds nothing.
 */
export const CANARY: Target = {
  name: "canary",
  framing: "bytes",
  refusal: TlsError,
  // A fifth of all inputs, so that it is found in seconds.
  weight: 60,
  seeds: [encodeClientHello(plainHello())],
  run(bytes) {
    const { legacySessionId } = decodeClientHello(bytes);
    if (legacySessionId.length > 0 && legacySessionId.length < 16) {
      throw new BrokenInvariant("The canary is found");
    }
    return "decoded";
  },
};

function withCorpus(targets: readonly Target[], corpus: Corpus): readonly Target[] {
  return targets.map((target) => {
    const kept = (corpus[target.name] ?? []).map((hex) => Uint8Array.fromHex(hex));
    return { ...target, seeds: [...target.seeds, ...kept] };
  });
}
