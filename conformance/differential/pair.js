// The two servers of a comparison: the Node reference and the server under test (with
// SIO_TARGET=reference the reference once more), started with the same flags.
import { startServer } from "../support/server.js";

export async function startPair(flags) {
  const [reference, tested] = await Promise.all([
    startServer(flags, { reference: true }),
    startServer(flags),
  ]);
  return {
    ports: [reference.port, tested.port],
    stop: () => Promise.all([reference.stop(), tested.stop()]),
  };
}
