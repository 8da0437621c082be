/** A callback in MQTT.js's manner. There is no value where there is an error. */
export type Callback<T = void> = (error: Error | null, value?: T) => void;

/**
 * Calls back, where there is somebody to be called, when a promise is settled. Who is called knows of an error; nobody has to
 * catch the promise's rejection then.
 */
export function calling<R, T>(promise: Promise<R>, callback: Callback<T> | undefined, value: (result: R) => T): Promise<R> {
  // In a turn of its own: what the callback throws is the callback's, and not a rejection.
  if (callback !== undefined)
    promise.then((result) => process.nextTick(callback, null, value(result)), (error: Error) => process.nextTick(callback, error));
  return promise;
}
