/**
 * `client.streams`.
 *
 * @module
 */
import type { Identifier } from "../../protocol/primitives.ts";
import type { Stream, StreamDetails } from "../../protocol/streams.ts";
import type { Call } from "./calls.ts";

/** Streams, by number or name. An unknown one is `IggyError` 1009, but for {@link find}. */
export class Streams {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /** Throws `IggyError` 1012 when the name is taken. */
  create(name: string): Promise<Stream> {
    return this.#call("createStream", { name });
  }

  /** The stream with its topics; `undefined` when there is none. */
  find(stream: Identifier): Promise<StreamDetails | undefined> {
    return this.#call("getStream", { streamId: stream });
  }

  list(): Promise<readonly Stream[]> {
    return this.#call("getStreams");
  }

  rename(stream: Identifier, name: string): Promise<void> {
    return this.#call("updateStream", { streamId: stream, name });
  }

  /** Removes all messages and stored offsets; topics and groups stay. */
  purge(stream: Identifier): Promise<void> {
    return this.#call("purgeStream", { streamId: stream });
  }

  /** Removes the stream with all in it. */
  delete(stream: Identifier): Promise<void> {
    return this.#call("deleteStream", { streamId: stream });
  }
}
