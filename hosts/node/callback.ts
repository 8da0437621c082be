import { ArgumentError } from "../../src/errors";

/** A callback as MQTT.js has it: with an error, or with null and the value. */
export type Callback<T = void> = (error: Error | null, value?: T) => void;

/**
 * Calls a function of the application. An exception is thrown again in its own turn of the event loop, so that it does not interrupt
 * the caller.
 * @param otherwise what is returned after an exception
 */
export function apart<R>(work: () => R, otherwise: R): R {
  try {
    return work();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
    return otherwise;
  }
}

/**
 * Starts an operation and, if there is a callback, calls it when the operation has settled. With a callback, nobody has to catch the
 * promise's rejection.
 * @param start begins the operation; not called when `callback` is neither a function nor absent
 * @param value the value for the callback
 */
export function calling<R, T>(callback: Callback<T> | null | undefined, start: () => Promise<R>, value: (result: R) => T): Promise<R> {
  if (callback === undefined || callback === null) return start();
  if (typeof callback !== "function") return Promise.reject(new ArgumentError("ARGUMENT_TYPE", "callback", callback, "must be a function"));
  const promise = start();
  // In its own turn, so that an exception of the callback does not become a rejection.
  promise.then(
    (result) => process.nextTick(callback, null, value(result)),
    (error: Error) => process.nextTick(callback, error),
  );
  return promise;
}
