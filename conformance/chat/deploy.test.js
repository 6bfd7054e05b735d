// The files of apps/chat/deploy: the proxies for real, the others as far as it can be here.
import { after, afterEach, before, describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { execFile, execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { closeAll, connectClient, openClient } from "../support/clients.js";
import { eventually, within } from "../support/eventually.js";
import { startRedis } from "../support/redis.js";
import { haproxyAvailable, nginxAvailable, startHaproxy, startNginx } from "./proxy.js";
import { DEPLOY, PROGRAM, startChat, temporaryFolder } from "./sio_chat.js";

const IN_TIME = { timeout: 60_000 };
const read = (name) => readFileSync(join(DEPLOY, name), "utf8");

// From an address of its own: all of 127.0.0.0/8 is this machine.
const from = (n) => ({ agent: new Agent({ localAddress: `127.0.0.${n}`, keepAlive: true }) });

function status(url, path, n = 1) {
  const answered = new Promise((resolve, reject) => {
    request(`${url}${path}`, { localAddress: `127.0.0.${n}` }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
  return within(5000, `answer for ${path}`, answered);
}

// --- proxies ----------------------------------------------------------------------------------------

// Two nodes that know nothing of each other: what reaches the wrong one fails.
function behindProxy(startProxy, flags = {}) {
  const proxy = {};
  let started;
  before(async () => {
    const nodes = await Promise.all(
      ["a", "b"].map((nodeId) =>
        startChat({ nodeId, dataDirectory: temporaryFolder(), serverTrustedProxies: 1, ...flags }),
      ),
    );
    started = await startProxy(nodes);
    Object.assign(proxy, { nodes, url: started.url });
  });
  afterEach(closeAll);
  after(async () => {
    closeAll();
    await started?.stop();
    if (flags.drainDelay) {
      await Promise.all((proxy.nodes ?? []).map(beginDrain)); // the SIGTERM of stop() is the second one
    }
    await Promise.all((proxy.nodes ?? []).map((node) => node.stop()));
  });
  return proxy;
}

// Two signals at once are one: the next is to be sent when this one has arrived.
async function beginDrain(node) {
  node.signal("SIGTERM");
  await eventually("it is not ready", async () => (await status(node.url, "/readyz")) === 503);
}

async function connections(node) {
  const { node: stats } = await (await fetch(`${node.url}/stats`)).json();
  return stats.connections;
}

async function says(socket, username) {
  assert.deepEqual(await socket.emitWithAck("joinChat", { username }), { success: true, username });
  for (let i = 0; i < 20; i++) {
    await socket.emitWithAck("getRoomMembers", { room: "lobby" });
  }
}

const TRANSPORTS = [["polling"], ["websocket"], ["polling", "websocket"]];

function figuresAreForOperators(proxy) {
  test("the page is for everybody, figures are for operators", IN_TIME, async () => {
    assert.equal(await status(proxy.url, "/", 60), 200);
    for (const path of ["/admin/", "/metrics", "/stats", "/readyz"]) {
      assert.deepEqual(
        [await status(proxy.url, path, 1), await status(proxy.url, path, 60)],
        [200, 403],
        path,
      );
    }
  });
}

describe("nginx.conf", nginxAvailable, () => {
  const proxy = behindProxy(startNginx, { limitsConnectionsPerAddress: 1 });

  for (const transports of TRANSPORTS) {
    test(`clients of many addresses, ${transports.join(" and ")}`, IN_TIME, async () => {
      const sockets = await Promise.all(
        Array.from({ length: 16 }, (_, i) =>
          connectClient(proxy, { namespace: "/chat", transports, ...from(10 + i) }),
        ),
      );
      await Promise.all(sockets.map((socket, i) => says(socket, `user ${i}`)));
      const spread = await Promise.all(proxy.nodes.map(connections));
      assert.equal(spread[0] + spread[1], 16);
      assert.ok(Math.min(...spread) > 0, `all on one node: ${spread}`);
      closeAll();
      await eventually("they are gone", async () => {
        assert.deepEqual(await Promise.all(proxy.nodes.map(connections)), [0, 0]);
        return true;
      });
    });
  }

  test("the nodes see the clients' addresses", IN_TIME, async () => {
    await connectClient(proxy, { namespace: "/chat", transports: ["websocket"], ...from(50) });
    await connectClient(proxy, { namespace: "/chat", transports: ["websocket"], ...from(51) });
    const second = openClient(proxy, { namespace: "/chat", transports: ["websocket"], ...from(50) });
    const refused = new Promise((resolve) => second.once("connect_error", resolve));
    await within(5000, "refusal of a second client of an address", refused);
  });

  figuresAreForOperators(proxy);
});

describe("haproxy.cfg", haproxyAvailable, () => {
  const proxy = behindProxy(startHaproxy, { drainDelay: 60_000 });

  for (const transports of TRANSPORTS) {
    test(`clients of one address, ${transports.join(" and ")}`, IN_TIME, async () => {
      const sockets = [];
      for (let i = 0; i < 8; i++) {
        sockets.push(await connectClient(proxy, { namespace: "/chat", transports, withCredentials: true }));
      }
      await Promise.all(sockets.map((socket, i) => says(socket, `user ${i}`)));
      const spread = await Promise.all(proxy.nodes.map(connections));
      assert.equal(spread[0] + spread[1], 8);
      assert.ok(Math.min(...spread) > 0, `all on one node: ${spread}`);
      closeAll();
      await eventually("they are gone", async () => {
        assert.deepEqual(await Promise.all(proxy.nodes.map(connections)), [0, 0]);
        return true;
      });
    });
  }

  figuresAreForOperators(proxy);

  test("a node that drains gets no new clients", IN_TIME, async () => {
    const [draining, staying] = proxy.nodes;
    await beginDrain(draining);
    // While it gets clients it gets one of two.
    await eventually(
      "HAProxy has noticed",
      async () => {
        const before = await connections(draining);
        for (let i = 0; i < 4; i++) {
          await connectClient(proxy, { namespace: "/chat", transports: ["websocket"] });
        }
        return (await connections(draining)) === before;
      },
      { deadline: 15_000, every: 500 },
    );
    assert.ok((await connections(staying)) >= 4);
    draining.signal("SIGTERM"); // the second one ends it at once
    proxy.nodes.shift();
    await within(10_000, "its end", draining.exited);
  });
});

// --- configurations -----------------------------------------------------------------------------

function checkConfig(...args) {
  return new Promise((resolve) => {
    execFile(PROGRAM, [...args, "--check-config"], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    );
  });
}

for (const name of ["sio_chat.toml", "kubernetes/sio_chat.toml"]) {
  test(`${name} is accepted`, IN_TIME, async () => {
    assert.deepEqual(await checkConfig("--config", join(DEPLOY, name)), { code: 0, stderr: "" });
    const broken = join(temporaryFolder(), "broken.toml");
    writeFileSync(broken, read(name).replace(/^span = \d+/m, 'span = "soon"'));
    const { code, stderr } = await checkConfig("--config", broken);
    assert.notEqual(code, 0);
    assert.match(stderr, /drain\.span.*soon/);
  });
}

// Milliseconds from SIGTERM until the last client has been sent away.
function drainTime(file) {
  const number = (name) => Number(new RegExp(`^${name} = (\\d+)`, "m").exec(read(file))[1]);
  return number("delay") + number("span");
}

const systemd = existsSync("/usr/bin/systemd-analyze") ? {} : { skip: "no systemd-analyze" };
test("sio_chat.service", { ...systemd, ...IN_TIME }, async () => {
  const unit = read("sio_chat.service");
  assert.match(unit, /^ExecStart=\/usr\/local\/bin\/sio_chat --config \/etc\/sio_chat\/sio_chat.toml$/m);
  const stop = Number(/^TimeoutStopSec=(\d+)s$/m.exec(unit)[1]);
  assert.ok(stop * 1000 > drainTime("sio_chat.toml"), "systemd waits for the drain");
  const file = join(temporaryFolder(), "sio_chat.service");
  writeFileSync(file, unit.replace("/usr/local/bin/sio_chat", PROGRAM));
  const verified = new Promise((resolve) => {
    execFile("systemd-analyze", ["verify", file], (error, stdout, stderr) =>
      resolve([error?.code ?? 0, stderr]),
    );
  });
  assert.deepEqual(await verified, [0, ""]);
});

describe("kubernetes", () => {
  const folder = join(DEPLOY, "kubernetes");
  const files = parse(read("kubernetes/kustomization.yaml")).resources;
  const objects = files.flatMap((name) =>
    parseAllDocuments(readFileSync(join(folder, name), "utf8")).map((document) => {
      assert.deepEqual(document.errors, [], name);
      return document.toJS();
    }),
  );
  const find = (kind) => objects.find((object) => object.kind === kind);
  const pod = find("Deployment").spec.template;
  const [container] = pod.spec.containers;

  test("every file is in the kustomization", () => {
    const others = ["kustomization.yaml", "sio_chat.toml"];
    assert.deepEqual([...files, ...others].sort(), readdirSync(folder).sort());
  });

  test("probes ask what the server answers", () => {
    assert.equal(container.readinessProbe.httpGet.path, "/readyz");
    assert.equal(container.livenessProbe.httpGet.path, "/healthz");
    const port = container.ports.find(({ name }) => name === container.readinessProbe.httpGet.port);
    assert.equal(port.containerPort, 3000);
  });

  test("there is time to drain", () => {
    const [command, seconds] = container.lifecycle.preStop.exec.command;
    assert.equal(command, "sleep");
    const needed = Number(seconds) * 1000 + drainTime("kubernetes/sio_chat.toml");
    assert.ok(pod.spec.terminationGracePeriodSeconds * 1000 > needed + 5000);
    assert.equal(find("Deployment").spec.strategy.rollingUpdate.maxUnavailable, 0);
  });

  test("names fit together", () => {
    const labels = pod.metadata.labels;
    for (const selector of [
      find("Deployment").spec.selector.matchLabels,
      find("Service").spec.selector,
      find("PodDisruptionBudget").spec.selector.matchLabels,
    ]) {
      assert.deepEqual(selector, labels);
    }
    const { scaleTargetRef, minReplicas, metrics } = find("HorizontalPodAutoscaler").spec;
    assert.deepEqual(scaleTargetRef, { apiVersion: "apps/v1", kind: "Deployment", name: "sio-chat" });
    assert.ok(minReplicas >= 2);
    assert.equal(metrics[0].resource.name, "cpu");
    assert.ok(container.resources.requests.cpu, "without a request there is no utilization");
    assert.equal(find("Deployment").spec.replicas, undefined, "the autoscaler decides");
    assert.equal(find("Service").spec.ports[0].targetPort, "http");
    for (const ingress of objects.filter(({ kind }) => kind === "Ingress")) {
      for (const path of ingress.spec.rules[0].http.paths) {
        assert.deepEqual(path.backend.service, { name: "sio-chat", port: { name: "http" } });
      }
    }
  });

  test("nothing runs as root or writes to its image", () => {
    assert.equal(pod.spec.securityContext.runAsNonRoot, true);
    assert.equal(container.securityContext.readOnlyRootFilesystem, true);
    assert.match(read("Dockerfile"), new RegExp(`--uid ${pod.spec.securityContext.runAsUser}\\b`));
  });
});

test("Dockerfile installs the libraries that the program needs", IN_TIME, () => {
  const inBaseImage = ["libc6", "libgcc-s1", "libstdc++6", "zlib1g"];
  const installed = new Set([
    ...read("Dockerfile")
      .split("-slim")[1]
      .match(/\blib[a-z0-9.+-]+|zlib1g/g),
    ...inBaseImage,
  ]);
  const libraries = [...execFileSync("ldd", [PROGRAM], { encoding: "utf8" }).matchAll(/=> (\/\S+)/g)];
  // As in the package's list, which may say /lib for /usr/lib.
  const files = libraries.map(([, file]) => `*/${realpathSync(file).split("/").slice(-2).join("/")}`);
  const owners = execFileSync("dpkg-query", ["-S", ...files], { encoding: "utf8" })
    .trim()
    .split("\n");
  const packages = owners.map((line) => line.split(":")[0]);
  assert.ok(packages.length > 5);
  assert.deepEqual(
    packages.filter((name) => !installed.has(name)),
    [],
  );
});

// --- what Prometheus and Grafana are told --------------------------------------------------------

describe("metrics", () => {
  let redis;
  let node;
  let names;

  before(async () => {
    redis = await startRedis();
    node = await startChat({ redis: redis.address, dataDirectory: temporaryFolder() });
    const socket = await connectClient(node, { namespace: "/chat", transports: ["websocket"] });
    await socket.emitWithAck("joinChat", { username: "Ann" });
    await socket.emitWithAck("sendMessage", { message: "Hello" });
    const text = await (await fetch(`${node.url}/metrics`)).text();
    names = new Set([...text.matchAll(/^([a-z_]\w*)(?=[{ ])/gm)].map(([name]) => name));
  });
  after(async () => {
    closeAll();
    await node?.stop();
    await redis?.stop();
  });

  // The metrics of a query: its words that are neither functions, labels nor what is in quotes.
  function metricsOf(query) {
    const bare = query
      .replace(/"[^"]*"/g, "")
      .replace(/\{[^}]*\}/g, "")
      .replace(/\bby \([^)]*\)/g, "")
      .replace(/\[[^\]]*\]/g, "");
    return bare.match(/\b[a-z][a-z0-9_]*_[a-z0-9_]+\b(?!\s*\()/g) ?? [];
  }

  const unknown = (queries) => queries.flatMap(metricsOf).filter((name) => !names.has(name));

  test("the dashboard names only metrics that there are", () => {
    const { panels } = JSON.parse(read("grafana.json"));
    const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    assert.ok(queries.flatMap(metricsOf).length >= queries.length, "each query has a metric");
    assert.deepEqual(unknown(queries), []);
    assert.deepEqual(unknown(["sum(sio_chat_nonsense)"]), ["sio_chat_nonsense"]);
  });

  test("panels do not overlap, and have a title and a unit", () => {
    const { panels } = JSON.parse(read("grafana.json"));
    const taken = new Set();
    for (const {
      title,
      gridPos: { x, y, w, h },
      fieldConfig,
    } of panels) {
      assert.ok(title && fieldConfig.defaults.unit);
      for (let i = 0; i < w * h; i++) {
        const cell = `${x + (i % w)} ${y + Math.floor(i / w)}`;
        assert.ok(!taken.has(cell) && x + w <= 24, title);
        taken.add(cell);
      }
    }
  });

  test("the alerts too", () => {
    const rules = parse(read("alerts.yml")).groups.flatMap((group) => group.rules);
    assert.ok(rules.length > 0);
    assert.deepEqual(unknown(rules.map(({ expr }) => expr)), []);
    const {
      rule_files: files,
      scrape_configs: [{ job_name: job }],
    } = parse(read("prometheus.yml"));
    assert.deepEqual(files, ["alerts.yml"]);
    assert.ok(rules.some(({ expr }) => expr.includes(`up{job="${job}"}`)));
  });
});
