// What ours must reach, and whether it does.
import { costOf, generatorLimits, median, rateOf } from "./measure.mjs";
import { LIMITED } from "./servers.mjs";

// Stands for the rounds of a server that did something wrong in one of them.
export const FAILED = Symbol("failed");

const SCALING = 1.7; // two shards against one

export class Targets {
  #results;

  constructor(results) {
    this.#results = results;
  }

  roundsOf(row, name) {
    const rounds = this.#results.get(row)?.get(name);
    return rounds === FAILED ? undefined : rounds;
  }

  costOf(row, name) {
    const rounds = row && this.roundsOf(row, name);
    return rounds && costOf(row, rounds);
  }

  // How the bound is written, and whether it holds; undefined where the run does not tell.
  judge(row) {
    const cost = this.costOf(row, "ours");
    if (cost === undefined || !row.target) {
      return undefined;
    }
    if (row.target.scaling) {
      return this.#judgeScaling(row);
    }
    if (row.target.limits) {
      return this.#judgeLimits(row);
    }
    const { least } = row.target;
    const most = least === undefined ? this.#most(row) : undefined;
    if (least === undefined && most === undefined) {
      return undefined;
    }
    return {
      bound: (short) => short(least ?? most),
      met: least === undefined ? cost <= most : cost >= least,
    };
  }

  #most(row) {
    const { most, floor, best, row: title, times = 1, plus = 0 } = row.target;
    if (floor) {
      return this.#scaled(this.costOf(row, "floor"), floor, 0);
    }
    if (title) {
      return this.#scaled(this.costOf(this.#find(title), "ours"), times, plus);
    }
    return best ? this.#bestOfOthers(row) : most;
  }

  #scaled(cost, times, plus) {
    return cost === undefined ? undefined : cost * times + plus;
  }

  #bestOfOthers(row) {
    const others = [...this.#results.get(row).keys()].filter((name) => !["ours", "floor"].includes(name));
    const costs = others.map((name) => this.costOf(row, name)).filter((cost) => cost !== undefined);
    return costs.length ? Math.min(...costs) : undefined;
  }

  // By the rate, or, where the generator limits that, by what a message costs.
  #judgeScaling(row) {
    const single = this.#find(row.target.scaling);
    const one = single && this.roundsOf(single, "ours");
    if (!one) {
      return undefined;
    }
    const two = this.roundsOf(row, "ours");
    const limited = generatorLimits(one) || generatorLimits(two);
    const factor = limited
      ? (2 * costOf(single, one)) / costOf(row, two)
      : rateOf(two) / rateOf(one);
    return {
      bound: (short) => `${short(factor)} of ${SCALING} × by ${limited ? "cost" : "rate"}`,
      met: factor >= SCALING,
    };
  }

  // Round by round, because the machine's speed changes by more than a limit costs.
  #judgeLimits(row) {
    const without = this.roundsOf(row, "ours");
    const limited = this.roundsOf(row, LIMITED);
    if (!limited) {
      return undefined;
    }
    const ratio = median(limited.map((round, i) => costOf(row, [round]) / costOf(row, [without[i]])));
    return {
      bound: (short) => `${short(ratio)} of ${row.target.limits} ×`,
      met: ratio <= row.target.limits,
    };
  }

  #find(title) {
    return [...this.#results.keys()].find((row) => row.title === title);
  }
}
