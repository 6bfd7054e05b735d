// The two directions of permessage-deflate (RFC 7692) with context takeover.
import { createDeflateRaw, createInflateRaw, constants } from "node:zlib";
import { once } from "node:events";

const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

// Compresses messages one after the other; each may refer to the ones before.
export class Deflater {
  #stream = createDeflateRaw({ windowBits: 15 });

  async message(data) {
    const bytes = await flushed(this.#stream, Buffer.from(data));
    return bytes.subarray(0, bytes.length - TAIL.length);
  }
}

export class Inflater {
  #stream;

  constructor(windowBits = 15) {
    this.#stream = createInflateRaw({ windowBits });
  }

  message(data) {
    return flushed(this.#stream, Buffer.concat([data, TAIL]));
  }
}

async function flushed(stream, data) {
  const chunks = [];
  const collect = (chunk) => chunks.push(chunk);
  stream.on("data", collect);
  const failed = once(stream, "error").then(([error]) => Promise.reject(error));
  failed.catch(() => {});
  stream.write(data);
  await Promise.race([new Promise((resolve) => stream.flush(constants.Z_SYNC_FLUSH, resolve)), failed]);
  stream.off("data", collect);
  return Buffer.concat(chunks);
}
