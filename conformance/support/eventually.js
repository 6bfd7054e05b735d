// Waiting for states with deadlines; no test here sleeps for a guessed time.

export const DEFAULT_DEADLINE_MS = 5000;

// Resolves with what `promise` resolves to, or fails with `what` in the message after `ms`.
export async function within(ms, what, promise) {
  let timer;
  const expired = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${what} within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}

// Calls `probe` until it returns something truthy, and returns that. An exception of the probe counts
// as "not yet"; the last one is shown when the time is over.
export async function eventually(what, probe, { deadline = DEFAULT_DEADLINE_MS, every = 10 } = {}) {
  const end = performance.now() + deadline;
  let lastError;
  for (;;) {
    try {
      const value = await probe();
      if (value) {
        return value;
      }
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > end) {
      throw new Error(`not within ${deadline} ms: ${what}`, { cause: lastError });
    }
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

// The arguments of the next `event` of an emitter, as a list. The listener is in place when this
// returns, so take the promise first and act afterwards.
export function nextEvent(emitter, event, { deadline = DEFAULT_DEADLINE_MS } = {}) {
  let listener;
  const received = new Promise((resolve) => {
    listener = (...args) => resolve(args);
    emitter.on(event, listener);
  });
  const arrived = within(deadline, `event "${event}"`, received);
  return arrived.finally(() => emitter.off(event, listener));
}

// Records every call of `event` from now on; the list grows in place.
export function record(emitter, event) {
  const calls = [];
  emitter.on(event, (...args) => calls.push(args));
  return calls;
}
