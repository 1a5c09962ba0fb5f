/**
 * What the shim does once it is told with which cryptography: connections one after another, sessions
 * kept between them, an exit status at the end. The contract is the fact sheet BOGO.
 *
 * @module
 */
import { TlsError } from "../../tls/alert.ts";
import type { Provider } from "../../tls/provider/provider.ts";
import type { ClientSession } from "../../tls/resumption.ts";
import { nothingSeen } from "./callbacks.ts";
import { TicketBox, type World } from "./configure.ts";
import { Exchange, Failure } from "./exchange.ts";
import { type Invocation, parseFlags, Unsupported } from "./flags.ts";
import type { Settings } from "./settings.ts";
import { tokensOf } from "./tokens.ts";

/** Does what `args` ask for, with the cryptography of `provider`; gives the exit status. */
export async function runShim(args: readonly string[], provider: Provider): Promise<number> {
  try {
    const invocation = parseFlags(args);
    if (invocation.initial.isHandshakerSupported) console.log("No");
    else await connectAll(invocation, provider);
    return 0;
  } catch (error) {
    if (error instanceof Unsupported) {
      console.log(error.message);
      return UNIMPLEMENTED;
    }
    if (!(error instanceof Told)) console.error(error);
    return 1;
  }
}

/** An error that was printed already. */
class Told extends Error {}

async function connectAll(invocation: Invocation, provider: Provider): Promise<void> {
  const { resumeCount } = invocation.initial;
  const started = Date.now();
  let delayMs = 0;
  const world: World = {
    provider,
    now: () => started + delayMs,
    tickets: new TicketBox(),
  };
  const seen = nothingSeen();
  let session: ClientSession | undefined;
  for (let at = 0; at <= resumeCount; at++) {
    const settings = at === 0 ? invocation.initial : invocation.resume;
    const socket = await dial(settings);
    const turn = { isResumption: at > 0, session, seen };
    const exchange = new Exchange(invocation, turn, world, socket);
    await exchange.run().catch((error) => tell(error, exchange));
    ({ session } = exchange);
    delayMs += settings.resumptionDelay * 1000;
  }
}

/** BOGO: the shim dials out in both roles, and says first which test it is. */
async function dial({ port, ipv6, shimId }: Settings): Promise<Deno.TcpConn> {
  const socket = await Deno.connect({ hostname: ipv6 ? "::1" : "127.0.0.1", port });
  socket.setNoDelay();
  const id = new Uint8Array(8);
  new DataView(id.buffer).setBigUint64(0, shimId, true);
  await socket.write(id);
  return socket;
}

function tell(error: unknown, { progress }: Exchange): never {
  for (const token of tokensOf(error, progress)) console.error(`:${token}:`);
  // What is neither the engine's nor the shim's opinion is a bug: where it is counts.
  const isOpinion = error instanceof TlsError || error instanceof Failure;
  console.error(isOpinion ? `${error.name}: ${error.message}` : error);
  throw new Told();
}

const UNIMPLEMENTED = 89;
