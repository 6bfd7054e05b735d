// Walks MessagePack for what a decoded value no longer shows: `texts` (bytes of strings), `keys` (type bytes
// and texts of what stands for a key) and `extensions` (the form's byte, type and size). Ends where the
// bytes cannot be read.
export function scanMsgpack(bytes) {
  const found = { texts: [], keys: [], extensions: [] };
  let at = 0;
  const number = (width) => {
    const value = bytes.readUIntBE(at, width);
    at += width;
    return value;
  };
  const skip = (size) => {
    if (at + size > bytes.length) {
      throw new RangeError("ends early");
    }
    at += size;
  };
  const string = (size) => {
    skip(size);
    found.texts.push(bytes.subarray(at - size, at));
  };
  const extension = (form, size) => {
    found.extensions.push({ form, type: bytes.readInt8(at), size });
    skip(1 + size);
  };
  const repeat = (times, read) => {
    for (let i = 0; i < times; ++i) {
      read();
    }
  };
  const member = () => {
    const begin = at;
    value();
    found.keys.push({ form: bytes[begin], text: bytes.toString("latin1", begin, at) });
    value();
  };
  function value() {
    const form = number(1);
    if (form < 0x80 || form >= 0xe0) return;
    if (form < 0x90) return repeat(form & 0x0f, member);
    if (form < 0xa0) return repeat(form & 0x0f, value);
    if (form < 0xc0) return string(form & 0x1f);
    if (form < 0xc4) return;
    if (form < 0xc7) return skip(number(2 ** (form - 0xc4)));
    if (form < 0xca) return extension(form, number(2 ** (form - 0xc7)));
    if (form < 0xcc) return skip(form === 0xca ? 4 : 8);
    if (form < 0xd4) return skip(2 ** (form & 3));
    if (form < 0xd9) return extension(form, 2 ** (form - 0xd4));
    if (form < 0xdc) return string(number(2 ** (form - 0xd9)));
    if (form < 0xde) return repeat(number(form === 0xdc ? 2 : 4), value);
    repeat(number(form === 0xde ? 2 : 4), member);
  }
  try {
    value();
  } catch {
    // What was found in front of that counts.
  }
  return found;
}
