// What every server of the benchmark does in its namespace `/`.
export function serve(io) {
  io.on("connection", (socket) => {
    socket.on("echo", (...args) => args.pop()(...args));
    socket.on("broadcast", (payload) => io.emit("broadcast", payload));
    socket.on("join", (room, ack) => {
      socket.join(room);
      ack();
    });
    socket.on("room", (room, payload) => io.to(room).emit("room", payload));
    socket.on("typing", (room, payload) => socket.to(room).volatile.emit("typing", payload));
  });
}

// The flags of sio_bench_server, as far as a peer has them.
export function readFlags() {
  const flags = { host: "127.0.0.1", port: "0" };
  const words = process.argv.slice(2);
  for (let i = 0; i + 1 < words.length; i += 2) {
    flags[words[i].replace(/^--/, "")] = words[i + 1];
  }
  const [cert, key] = flags.tls?.split(",") ?? [];
  return { ...flags, port: Number(flags.port), tls: flags.tls && { cert, key } };
}
