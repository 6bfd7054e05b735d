// Our decoders and encoders beside those of Node, without a server. SIO_SEED and SIO_INPUTS change what is
// generated; decoders.js does the same for as long as one likes.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { oursOnly } from "../support/target.js";
import { Comparison } from "./comparison.js";
import { compareMany, describeDifference, inputFromHex } from "./decoders.js";
import { knownDecoderDifferences, reasonOf } from "./known_decoder_differences.js";

const SEED = Number(process.env.SIO_SEED ?? 1);
const INPUTS = Number(process.env.SIO_INPUTS ?? 12_000);

describe("decoders and encoders", oursOnly("it is its packages that ours are compared with"), () => {
  test(`agree on ${INPUTS} inputs of seed ${SEED}`, async () => {
    const { unknown } = await compareMany({ seed: SEED, enough: (count) => count >= INPUTS });
    assert.equal(unknown.map(describeDifference).join("\n"), "");
  });

  test("a difference that is not listed is found", async () => {
    const input = inputFromHex("json", "31");
    const comparison = new Comparison();
    const decode = (messages) => ({ ...input.kind.decode(messages), json: "2" });
    const wrong = { ...input, kind: { ...input.kind, decode } };
    assert.deepEqual(await comparison.compare(input), []);
    assert.deepEqual((await comparison.compare(wrong)).map(({ part }) => part), ["json"]);
    assert.deepEqual((await comparison.compare(wrong)).map(reasonOf), [undefined]);
    await comparison.stop();
  });

  for (const [kind, text] of [["payload3", "2:4a"], ["packet4", "4€"], ["payload4", "4a\x1e4€"], ["payload3", "2:4€"]]) {
    test(`that ours refused ${JSON.stringify(text)} would not be on the list`, () => {
      const input = inputFromHex(kind, Buffer.from(text).toString("hex"));
      const node = JSON.parse(JSON.stringify(input.kind.decode(input.messages)));
      const ours = { ...node, failed: true, packets: [] };
      assert.equal(reasonOf({ input, part: "packets", ours: ours.packets, node: node.packets, item: { ours, node } }), undefined);
    });
  }

  for (const { reason, example } of knownDecoderDifferences) {
    test(`still different: ${reason}`, async () => {
      const comparison = new Comparison();
      const differences = await comparison.compare(inputFromHex(...example));
      await comparison.stop();
      assert.ok(differences.map(reasonOf).includes(reason), "it is no more: take it off the list");
    });
  }
});
