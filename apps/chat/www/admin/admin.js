// What this node tells about itself at /stats and /metrics, asked every two seconds.
import { Chart } from "./chart.js";
import { difference, histograms, parseMetrics, quantile, sum } from "./metrics.js";

const EVERY_MS = 2000;
const SPAN_MS = 5 * 60_000;
const LATENCY = "sio_chat_event_seconds";
const $ = (id) => document.getElementById(id);

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const number = (value) => compact.format(value);
const perSecond = (value) => `${number(value)}/s`;
const percent = (value) => `${number(value)} %`;
const bytes = (value) => {
  const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), 4);
  return `${number(value / 1000 ** power)} ${["B", "kB", "MB", "GB", "TB"][power]}`;
};
const duration = (seconds) => (seconds < 1 ? `${number(seconds * 1000)} ms` : `${number(seconds)} s`);
const AGES = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
];
const uptime = (seconds) => {
  const [unit, name] = AGES.find(([unit]) => seconds >= unit) ?? AGES.at(-1);
  return `${Math.floor(seconds / unit)} ${name}`;
};

// Each: title, names of the lines, how a number is shown, and the numbers of a measurement.
const CHARTS = [
  ["Connections", ["all", "over HTTP"], number, ({ node }) => [node.connections, node.pollingConnections]],
  ["Messages", ["in", "out"], perSecond, ({ rate }) => [rate("messagesIn"), rate("messagesOut")]],
  [
    "Time to handle an event",
    ["p50", "p95", "p99"],
    duration,
    ({ latency }) => [0.5, 0.95, 0.99].map((q) => quantile(q, latency)),
  ],
  [
    "Network",
    ["in", "out"],
    (value) => `${bytes(value)}/s`,
    ({ rate }) => [rate("bytesIn"), rate("bytesOut")],
  ],
  ["Processor", ["used"], percent, ({ rate }) => [100 * rate("cpuSeconds")]],
  ["Memory", ["used"], bytes, ({ node }) => [node.memoryBytes]],
  ["Waiting in queues", ["things"], number, ({ node }) => [total(node.queues)]],
  ["Dropped", ["things"], perSecond, ({ rate }) => [rate("dropped")]],
  [
    "Redis",
    ["latency"],
    duration,
    ({ node }) => [node.redis?.connected ? node.redis.latencyMs / 1000 : null],
  ],
].map(([title, series, format, values]) => ({ chart: new Chart(title, series, format, SPAN_MS), values }));

const total = (counts = {}) => Object.values(counts).reduce((all, one) => all + one, 0);

async function measure() {
  const [stats, text] = await Promise.all([
    fetch("/stats").then((response) => response.json()),
    fetch("/metrics").then((response) => response.text()),
  ]);
  const { node, cluster } = stats;
  return {
    time: performance.now(),
    node,
    cluster,
    counters: { ...node, dropped: total(node.dropped) },
    events: histograms(parseMetrics(text), LATENCY, "event"),
  };
}

function show(now, before) {
  const seconds = (now.time - before.time) / 1000;
  const rate = (name) => (now.counters[name] - before.counters[name]) / seconds;
  const recent = [...now.events].map(([event, histogram]) => difference(histogram, before.events.get(event)));
  const measurement = { ...now, rate, latency: sum(recent) };
  CHARTS.forEach(({ chart, values }) => chart.add(Date.now(), values(measurement)));
  showEvents(now, before, seconds);
}

function showNode({ node, cluster }) {
  $("node").textContent = node.nodeId;
  document.title = `${node.nodeId} · Chat server`;
  showState(node.draining ? "draining" : node.ready ? "ready" : "not-ready");
  const figures = {
    Connections: number(node.connections),
    "In the cluster": number(cluster?.totalConnections ?? node.connections),
    Nodes: number(cluster?.totalNodes ?? 1),
    Rooms: number(node.rooms),
    "Messages in": number(node.messagesIn),
    Uptime: uptime(node.uptimeSeconds),
  };
  $("figures").replaceChildren(
    ...Object.entries(figures).map(([name, value]) => {
      const item = document.createElement("li");
      item.append(Object.assign(document.createElement("b"), { textContent: value }), name);
      return item;
    }),
  );
  const nodes = cluster?.nodesStats?.length ? cluster.nodesStats : [{ ...node, timestamp: Date.now() }];
  fill(
    "nodes",
    nodes.map(({ nodeId, connections, memoryBytes, timestamp }) => [
      nodeId,
      number(connections),
      bytes(memoryBytes),
      `${Math.max(0, Math.round((Date.now() - timestamp) / 1000))} s ago`,
    ]),
  );
}

const shown = (format, value) => (value === undefined || value === null ? "–" : format(value));

function showEvents(now, before, seconds) {
  const rows = [...now.events].sort(([, a], [, b]) => b.count - a.count);
  fill(
    "events",
    rows.map(([event, histogram]) => [
      event,
      number(histogram.count),
      number(difference(histogram, before.events.get(event)).count / seconds),
      shown(duration, quantile(0.5, histogram)),
      shown(duration, quantile(0.99, histogram)),
    ]),
  );
}

function fill(id, rows) {
  $(id).replaceChildren(
    ...rows.map((cells) => {
      const row = document.createElement("tr");
      row.append(...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
      return row;
    }),
  );
}

const STATES = {
  ready: "Ready",
  draining: "Draining",
  "not-ready": "Not ready",
  lost: "The node does not answer",
};

function showState(state) {
  $("state").dataset.state = state;
  $("state").textContent = STATES[state];
}

$("charts").append(...CHARTS.map(({ chart }) => chart.element));
let before = null;
for (;;) {
  if (!document.hidden) {
    try {
      const now = await measure();
      showNode(now);
      if (before !== null && now.counters.uptimeSeconds >= before.counters.uptimeSeconds) {
        show(now, before);
      }
      before = now;
    } catch {
      showState("lost");
    }
  }
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
}
