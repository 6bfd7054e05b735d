// All tests of the matrix for one client version, over each transport.
import { describe } from "node:test";
import { TRANSPORTS, speaksEio3 } from "../../support/clients.js";
import { sharedServer } from "../../support/suite.js";
import { testBasics } from "./basics.js";
import { testLifetime } from "./lifetime.js";
import { testRooms } from "./rooms.js";

export function testClient(version) {
  const eio = speaksEio3(version) ? 3 : 4;
  describe(`socket.io-client ${version}`, () => {
    const server = sharedServer({ allowEio3: eio === 3 });
    for (const [transport, options] of Object.entries(TRANSPORTS)) {
      describe(transport, () => {
        const setting = { version, transport, options, eio, server };
        testBasics(setting);
        testRooms(setting);
        testLifetime(setting);
      });
    }
  });
}
