// The application's own HTTP requests: everything outside of the endpoint's path.

export function answerRequest(request, response) {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const { pathname } = new URL(request.url, "http://localhost");
    const isHealthCheck = request.method === "GET" && pathname === "/health";
    const body = isHealthCheck ? Buffer.from("ok") : Buffer.concat(chunks);
    response.writeHead(200, { "Content-Type": "text/plain", "Content-Length": body.length });
    response.end(body);
  });
}
