// Plain HTTP requests, and what of their answers is compared.

const POLL = "/socket.io/?EIO=4&transport=polling";
const CORS_HEADERS = [
  "access-control-allow-origin", "access-control-allow-credentials", "access-control-allow-methods",
  "access-control-allow-headers", "access-control-expose-headers", "access-control-max-age", "vary",
];
const json = { "content-type": "application/json" };

const preflight = (origin) => ({
  method: "OPTIONS",
  path: POLL,
  headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "x-a, x-b" },
});

export const requests = [
  ...["http://localhost:3000", "https://yourdomain.com", "https://other.example", "http://localhost:3001"].flatMap(
    (origin) => [{ method: "GET", path: POLL, headers: { origin } }, preflight(origin)],
  ),
  { method: "GET", path: POLL },
  { method: "GET", path: "/socket.io/?EIO=3&transport=polling", headers: { origin: "http://localhost:3000" } },
  { method: "GET", path: "/socket.io/?EIO=4&transport=nothing" },
  { method: "GET", path: "/" },
  { method: "GET", path: "/nowhere?x=1", headers: { origin: "http://localhost:3000" } },
  { method: "POST", path: "/nowhere", headers: json, body: "{}" },
  { method: "GET", path: "/judge/broadcast" },
  { method: "DELETE", path: "/judge/send-to-user" },
  { method: "POST", path: "/judge/broadcast", headers: json, body: '{"event":"all","data":1}' },
  { method: "POST", path: "/judge/send-to-user", headers: json, body: '{"userId":1,"event":"all"}' },
  { method: "POST", path: "/judge/broadcast", headers: json, body: '{"event":"connect"}' },
  { method: "POST", path: "/judge/broadcast", headers: json, body: "{bad", statusOnly: true },
  { method: "POST", path: "/judge/send-to-user", headers: json, body: "5", statusOnly: true },
];

// Every sid is another one. How a body that is no JSON is complained about is left to the server.
export async function respond(server, { method, path, headers, body, statusOnly = false }) {
  const response = await fetch(server.url + path, { method, headers, body });
  const text = (await response.text()).replace(/"sid":"[^"]+"/, '"sid":"<sid>"');
  const cors = CORS_HEADERS.map((name) => [name, response.headers.get(name)]);
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    cors: Object.fromEntries(cors),
    ...(!statusOnly && { text }),
  };
}
