// Prometheus' text format, and quantiles of its histograms.

// [{ name, labels, value }]
export function parseMetrics(text) {
  const samples = [];
  for (const line of text.split("\n")) {
    const match = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (match) {
      const [, name, labels = "", value] = match;
      samples.push({ name, labels: parseLabels(labels), value: Number(value.replace("Inf", "Infinity")) });
    }
  }
  return samples;
}

function parseLabels(text) {
  const found = text.matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries([...found].map(([, name, value]) => [name, value.replace(/\\(.)/g, "$1")]));
}

// The histograms `name` by the value of `label`: { count, buckets: [[upper bound, count up to it]] }.
export function histograms(samples, name, label) {
  const found = new Map();
  for (const sample of samples.filter((one) => one.name === `${name}_bucket`)) {
    const key = sample.labels[label] ?? "";
    const histogram = found.get(key) ?? { count: 0, buckets: [] };
    histogram.buckets.push([Number(sample.labels.le.replace("+Inf", "Infinity")), sample.value]);
    histogram.count = Math.max(histogram.count, sample.value);
    found.set(key, histogram);
  }
  return found;
}

// What came in between: `after` minus `before`, which may be missing.
export function difference(after, before) {
  const earlier = new Map(before?.buckets);
  const buckets = after.buckets.map(([bound, count]) => [bound, count - (earlier.get(bound) ?? 0)]);
  return { count: after.count - (before?.count ?? 0), buckets };
}

export function sum(histograms) {
  const total = new Map();
  for (const [bound, count] of histograms.flatMap(({ buckets }) => buckets)) {
    total.set(bound, (total.get(bound) ?? 0) + count);
  }
  const count = histograms.reduce((all, one) => all + one.count, 0);
  return { count, buckets: [...total].sort(([a], [b]) => a - b) };
}

// As Prometheus' histogram_quantile(): linear within the bucket. Null where nothing was counted.
export function quantile(q, { count, buckets }) {
  if (count === 0) {
    return null;
  }
  const rank = q * count;
  let [lower, below] = [0, 0];
  for (const [bound, upTo] of buckets) {
    if (upTo >= rank) {
      return bound === Infinity
        ? lower
        : lower + ((bound - lower) * (rank - below)) / Math.max(upTo - below, 1);
    }
    [lower, below] = [bound, upTo];
  }
  return lower;
}
