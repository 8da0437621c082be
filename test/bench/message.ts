/** What both parsers make of a received message; undefined is what the modem does not tell. */
export interface Message {
  topic: string;
  payload: Buffer;
  qos: number | undefined;
  retain: boolean | undefined;
  dup: boolean | undefined;
}
