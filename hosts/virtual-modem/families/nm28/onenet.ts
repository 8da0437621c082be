// Data points of OneNET: `<type>` 1 and 2 of MQTTPUBEX (S4 1.8, dialects 5.2.8). S4 says only that the payload must have
// "the form of value in JSON". OneNET takes properties as {"id":…,"version":"1.0","params":{"t":{"value":21.5}}}
// on $sys/<product id>/<device name>/thing/property/post, with product id and device name as user name and client id of
// CONNECT (public drivers of the platform). We take "the form of value" to be the value of `params`; the modem adds the rest.

import { utf8 } from "../../engine/bytes";
import type { QoS } from "../../mqtt-types";
import { type Client, type Outcome, unsent } from "./client";

const decoder = new TextDecoder("utf-8", { fatal: true });

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a payload is `{"name":{"value":…},…}`, with one name at least. */
export function hasValueForm(payload: Uint8Array): boolean {
  let parsed: unknown;
  try {
    parsed = JSON.parse(decoder.decode(payload));
  } catch (error) {
    // Not JSON, or not UTF-8.
    if (error instanceof SyntaxError || error instanceof TypeError) return false;
    throw error;
  }
  if (!isObject(parsed)) return false;
  const points = Object.values(parsed);
  return points.length > 0 && points.every((point) => isObject(point) && Object.hasOwn(point, "value"));
}

/** Reports data points. Nothing is sent when the payload has another form, or the client is no OneNET device. */
export function sendDataPoint(client: Client, qos: QoS, payload: Uint8Array, done: (outcome: Outcome) => void): void {
  const { clientId, username } = client.credentials ?? {};
  const named = clientId !== undefined && clientId !== "" && username !== undefined && username !== "";
  if (!named || !hasValueForm(payload) || client.faults.take("data-point") !== undefined) {
    return done(unsent);
  }
  const id = client.ownId("publish");
  const params = new TextDecoder().decode(payload);
  const report = utf8(`{"id":"${id}","version":"1.0","params":${params}}`);
  client.publish(id, qos, false, `$sys/${username}/${clientId}/thing/property/post`, report, { done });
}
