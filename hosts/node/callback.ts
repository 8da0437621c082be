import { ArgumentError } from "../../src/errors";

/** A callback in MQTT.js's manner. There is no value where there is an error. */
export type Callback<T = void> = (error: Error | null, value?: T) => void;

/**
 * Does what is the application's own. What that throws is thrown in a turn of its own, so that it is the application's and disturbs nobody
 * who is on the stack.
 * @param otherwise what is returned then
 */
export function apart<R>(work: () => R, otherwise: R): R {
  try {
    return work();
  } catch (error) {
    process.nextTick(() => { throw error; });
    return otherwise;
  }
}

/**
 * Calls back, where there is somebody to be called, when an operation has settled. Who is called knows of an error; nobody has to
 * catch the promise's rejection then.
 * @param start begins the operation; it is not called where the callback is no function
 */
export function calling<R, T>(callback: Callback<T> | null | undefined, start: () => Promise<R>, value: (result: R) => T): Promise<R> {
  if (callback === undefined || callback === null) return start();
  if (typeof callback !== "function") return Promise.reject(new ArgumentError("ARGUMENT_TYPE", "callback", callback, "must be a function"));
  const promise = start();
  // In a turn of its own: what the callback throws is the callback's, and not a rejection.
  promise.then((result) => process.nextTick(callback, null, value(result)), (error: Error) => process.nextTick(callback, error));
  return promise;
}
