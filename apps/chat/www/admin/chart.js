// A line chart in SVG of what was measured in the last minutes.
const WIDTH = 480;
const HEIGHT = 160;
const RIGHT = 8;
const TOP = 10;
const BOTTOM = 20;
const LEFT = 64;
const SHORTEST_MS = 60_000;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

function svg(tag, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.textContent = text;
  return made;
}

function html(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

export class Chart {
  element = html("figure", "chart");
  #series;
  #format;
  #legend = html("p", "legend");
  #picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  #points = []; // { time, values: one for each series, null where there is none }
  #span;
  #pointed = null;

  // `series`: the names of at most four lines. `format(value)` for people. `span`: milliseconds.
  constructor(title, series, format, span) {
    this.#series = series;
    this.#format = format;
    this.#span = span;
    this.#picture.setAttribute("aria-label", title);
    this.element.append(html("figcaption", "", title), this.#legend, this.#picture);
    this.#picture.addEventListener("pointermove", (event) => this.#point(event));
    this.#picture.addEventListener("pointerleave", () => this.#point(null));
  }

  add(time, values) {
    this.#points.push({ time, values });
    this.#points = this.#points.filter((point) => point.time > time - this.#span);
    this.#draw();
  }

  #draw() {
    const newest = this.#points.at(-1);
    const span = Math.min(this.#span, Math.max(SHORTEST_MS, newest.time - this.#points[0].time));
    const most = niceCeiling(Math.max(...this.#points.flatMap(({ values }) => values), 0));
    const x = (time) => WIDTH - RIGHT - ((newest.time - time) / span) * (WIDTH - LEFT - RIGHT);
    const y = (value) => HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM);
    const parts = [0, 0.5, 1].flatMap((share) => [
      svg("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(share * most), y2: y(share * most) }),
      svg(
        "text",
        { class: "label", x: LEFT - 6, y: y(share * most) + 4, "text-anchor": "end" },
        this.#format(share * most),
      ),
    ]);
    parts.push(
      svg(
        "text",
        { class: "label", x: LEFT, y: HEIGHT - 4 },
        span < 120_000 ? `${Math.round(span / 1000)} s ago` : `${Math.round(span / 60_000)} min ago`,
      ),
      svg("text", { class: "label", x: WIDTH - RIGHT, y: HEIGHT - 4, "text-anchor": "end" }, "now"),
    );
    this.#series.forEach((_, i) =>
      parts.push(svg("path", { class: `series series-${i}`, d: this.#path(i, x, y) })),
    );
    const shown = this.#pointed === null ? newest : this.#nearest(x);
    if (this.#pointed !== null) {
      parts.push(
        svg("line", { class: "pointer", x1: x(shown.time), x2: x(shown.time), y1: TOP, y2: HEIGHT - BOTTOM }),
      );
    }
    this.#picture.replaceChildren(...parts);
    this.#describe(shown);
  }

  // A gap where a value is missing.
  #path(i, x, y) {
    let path = "";
    let pen = "M";
    for (const { time, values } of this.#points) {
      if (values[i] === null) {
        pen = "M";
      } else {
        path += `${pen}${x(time).toFixed(1)} ${y(values[i]).toFixed(1)}`;
        pen = "L";
      }
    }
    return path;
  }

  #nearest(x) {
    const distance = (point) => Math.abs(x(point.time) - this.#pointed);
    return this.#points.reduce((best, point) => (distance(point) < distance(best) ? point : best));
  }

  #describe({ time, values }) {
    const entries = this.#series.map((name, i) => {
      const value = values[i] === null ? "–" : this.#format(values[i]);
      const label = this.#series.length === 1 ? [] : [`${name} `];
      return html("span", `entry series-${i}`, ...label, html("b", "", value));
    });
    this.#legend.replaceChildren(
      ...entries,
      ...(this.#pointed === null ? [] : [html("time", "", clock.format(time))]),
    );
  }

  #point(event) {
    const { left, width } = this.#picture.getBoundingClientRect();
    this.#pointed = event && ((event.clientX - left) / width) * WIDTH;
    if (this.#points.length > 0) {
      this.#draw();
    }
  }
}

// 1, 2 or 5 times a power of ten.
function niceCeiling(value) {
  if (value <= 0) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((bound) => bound >= value * 0.999);
}
