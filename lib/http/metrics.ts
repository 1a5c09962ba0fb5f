/**
 * The node's figures for Prometheus: Iggy's own names first (CONFIG-CLI.md section 6), then those that
 * only whippet has. Everything is read when asked for.
 *
 * @module
 */
import type { OpenMetricsContentType, PrometheusContentType, Registry } from "prom-client";
import type { Broker } from "../handlers/broker.ts";
import { families, type Family } from "./metric_families.ts";

/** Both text forms that Prometheus reads. */
type TextForm = OpenMetricsContentType | PrometheusContentType;

/** The figures in one of the two text forms. */
export interface RenderedMetrics {
  readonly contentType: string;
  readonly text: string;
}

/** All metrics of a node: as OpenMetrics for who asks for that by `accept`, else as Prometheus' text. */
export async function renderMetrics(broker: Broker, accept: string): Promise<RenderedMetrics> {
  // Loaded when first asked for: with what it looks at by itself it takes a fifth of a node's start.
  const { Registry } = await import("prom-client");
  const contentType: TextForm = accept.includes("application/openmetrics-text")
    ? Registry.OPENMETRICS_CONTENT_TYPE
    : Registry.PROMETHEUS_CONTENT_TYPE;
  const registry = new Registry<TextForm>();
  registry.setContentType(contentType);
  const isPlain = contentType === Registry.PROMETHEUS_CONTENT_TYPE;
  for (const family of await families(broker)) register(registry, family, isPlain);
  return { contentType, text: await registry.metrics() };
}

/**
 * What is counted elsewhere is no counter of prom-client's own: the registry asks a metric for nothing
 * but this, its types ask for more. In OpenMetrics it adds a counter's suffix itself.
 */
function register(registry: Registry<TextForm>, family: Family, isPlain: boolean): void {
  const { type, help, samples } = family;
  const name = type === "counter" && isPlain ? `${family.name}_total` : family.name;
  const values = samples.map(({ suffix, labels = {}, value }) => ({
    metricName: suffix === undefined ? undefined : `${name}${suffix}`,
    labels,
    value,
  }));
  const metric = { name, help, type, aggregator: "sum", values };
  const source = { name, get: () => Promise.resolve(metric) };
  registry.registerMetric(source as unknown as Parameters<typeof registry.registerMetric>[0]);
}
