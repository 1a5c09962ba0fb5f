import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type Context,
  type Link,
  type Span,
  type SpanContext,
  type SpanOptions,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { Tracing } from "../../../lib/telemetry/tracing.ts";

/** One span as it was made. */
interface Made {
  readonly name: string;
  readonly options: SpanOptions;
  readonly parent: SpanContext | undefined;
  isEnded: boolean;
  status?: { readonly code: SpanStatusCode; readonly message?: string };
}

function recorded() {
  const spans: Made[] = [];
  const tracer = {
    startSpan(name: string, options: SpanOptions, context: Context) {
      const made: Made = { name, options, parent: trace.getSpanContext(context), isEnded: false };
      spans.push(made);
      return {
        setStatus: (status: Made["status"]) => made.status = status,
        end: () => made.isEnded = true,
      } as unknown as Span;
    },
  } as Tracer;
  return { spans, tracing: new Tracing(tracer, () => 5_000_000) };
}

const PLACE = { stream: "orders", topic: "events", partitionId: 3 };
const PRODUCER: SpanContext = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceFlags: 1,
  isRemote: true,
};

Deno.test("Tracing.ofProcess() is nothing where nobody collects spans", () => {
  assertEquals(Tracing.ofProcess(() => 0), undefined);
});

Deno.test("Tracing.send() goes on what the producer was at, and says where the messages go", () => {
  const { spans, tracing } = recorded();
  assertEquals(tracing.send(PLACE, 7, PRODUCER, () => "done"), "done");
  const [{ name, options, parent, isEnded, status }] = spans;
  assertEquals([name, parent, isEnded, status], ["send events", PRODUCER, true, undefined]);
  assertEquals(options.attributes, {
    "messaging.system": "iggy",
    "messaging.operation.name": "send",
    "messaging.operation.type": "send",
    "messaging.destination.name": "events",
    "messaging.destination.partition.id": "3",
    "messaging.batch.message_count": 7,
    "iggy.stream.name": "orders",
  });
});

Deno.test("Tracing.send() begins a trace where the producer says nothing", () => {
  const { spans, tracing } = recorded();
  tracing.send(PLACE, 1, undefined, () => "done");
  assertEquals([spans[0].parent, spans[0].options.links], [undefined, []]);
});

Deno.test("Tracing.send() ends its span with the work, however that ends", async () => {
  const { spans, tracing } = recorded();
  const work = Promise.withResolvers<string>();
  const sent = tracing.send(PLACE, 1, undefined, () => work.promise);
  assertEquals(spans[0].isEnded, false);
  work.resolve("stored");
  assertEquals([await sent, spans[0].isEnded], ["stored", true]);

  const late = tracing.send(PLACE, 1, undefined, () => Promise.reject(new Error("Disk is full")));
  await assertRejects(async () => await late, Error, "Disk is full");
  assertThrows(() =>
    tracing.send(PLACE, 1, undefined, () => {
      throw new Error("Too many");
    }), Error);
  assertEquals(spans.slice(1).map(({ isEnded, status }) => [isEnded, status?.message]), [
    [true, "Disk is full"],
    [true, "Too many"],
  ]);
});

Deno.test("Tracing.poll() tells of polls that found messages, linked to their producer", () => {
  const { spans, tracing } = recorded();
  tracing.poll(PLACE, () => ({ count: 0 }), () => PRODUCER);
  tracing.poll(PLACE, () => ({ count: 2 }), () => PRODUCER);
  assertEquals(spans.length, 1);
  const [{ name, options, isEnded }] = spans;
  assertEquals([name, isEnded, options.startTime], ["poll events", true, 5000]);
  assertEquals(options.links, [{ context: PRODUCER } as Link]);
  assertEquals(options.attributes?.["messaging.operation.type"], "receive");
  assertEquals(options.attributes?.["messaging.batch.message_count"], 2);
});
