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

  for (const { reason, example } of knownDecoderDifferences) {
    test(`still different: ${reason}`, async () => {
      const comparison = new Comparison();
      const differences = await comparison.compare(inputFromHex(...example));
      await comparison.stop();
      assert.ok(differences.map(reasonOf).includes(reason), "it is no more: take it off the list");
    });
  }
});
