/**
 * Spans of sends and polls, for whoever has switched OpenTelemetry on (docs/telemetry.md). Deno exports
 * them; this only makes them. Where it is off there is no `Tracing`, and that is all it costs.
 *
 * @module
 */
import {
  type Attributes,
  context,
  type Link,
  ProxyTracerProvider,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";

/** Where messages go or come from. */
export interface TracedPlace {
  readonly stream: string;
  readonly topic: string;
  readonly partitionId: number;
}

/** See the module comment. */
export class Tracing {
  readonly #tracer: Tracer;
  readonly #nowMicros: () => number;

  /** That of this process; `undefined` when nobody collects spans. */
  static ofProcess(nowMicros: () => number): Tracing | undefined {
    const provider = trace.getTracerProvider();
    const isNobodys = provider instanceof ProxyTracerProvider &&
      provider.getDelegate() === new ProxyTracerProvider().getDelegate();
    return isNobodys ? undefined : new Tracing(provider.getTracer("whippet"), nowMicros);
  }

  constructor(tracer: Tracer, nowMicros: () => number) {
    this.#tracer = tracer;
    this.#nowMicros = nowMicros;
  }

  /**
   * Does `work` under the span of a send, which goes on what the first message's producer was at. A
   * request over HTTP that it came by is its parent where there is none, else a link.
   */
  send<T>(
    place: TracedPlace,
    messagesCount: number,
    producer: SpanContext | undefined,
    work: () => T | Promise<T>,
  ): T | Promise<T> {
    const active = context.active();
    const request = trace.getSpanContext(active);
    const parent = producer === undefined ? active : trace.setSpanContext(active, producer);
    const attributes = { ...attributesOf("send", place), [COUNT]: messagesCount };
    const links = producer === undefined || request === undefined ? [] : [{ context: request }];
    const span = this.#start("send", place, { attributes, links }, parent);
    try {
      const outcome = work();
      if (!(outcome instanceof Promise)) return ended(span, outcome);
      return outcome.then((value) => ended(span, value), (fault) => failed(span, fault));
    } catch (fault) {
      return failed(span, fault);
    }
  }

  /**
   * Does `work`, and makes the span of a poll when it gave messages: polls that find nothing are too many
   * to be told of. It is linked to what the first message's producer was at.
   */
  poll<T extends { readonly count: number }>(
    place: TracedPlace,
    work: () => T,
    producerOf: (answer: T) => SpanContext | undefined,
  ): T {
    const startTime = this.#nowMicros() / 1000;
    const answer = work();
    if (answer.count === 0) return answer;
    const attributes = { ...attributesOf("poll", place), [COUNT]: answer.count };
    const producer = producerOf(answer);
    const links = producer === undefined ? [] : [{ context: producer }];
    this.#start("poll", place, { attributes, links, startTime }).end();
    return answer;
  }

  #start(
    operation: Operation,
    { topic }: TracedPlace,
    options: { attributes: Attributes; links: Link[]; startTime?: number },
    parent = context.active(),
  ): Span {
    const name = `${operation} ${topic}`;
    return this.#tracer.startSpan(name, { ...options, kind: SpanKind.SERVER }, parent);
  }
}

type Operation = "send" | "poll";

/** OpenTelemetry's conventions for messaging, as far as they fit. */
function attributesOf(operation: Operation, { stream, topic, partitionId }: TracedPlace) {
  return {
    "messaging.system": "iggy",
    "messaging.operation.name": operation,
    "messaging.operation.type": operation === "send" ? "send" : "receive",
    "messaging.destination.name": topic,
    "messaging.destination.partition.id": String(partitionId),
    "iggy.stream.name": stream,
  };
}

function ended<T>(span: Span, outcome: T): T {
  span.end();
  return outcome;
}

function failed(span: Span, fault: unknown): never {
  const message = fault instanceof Error ? fault.message : String(fault);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.end();
  throw fault;
}

const COUNT = "messaging.batch.message_count";
