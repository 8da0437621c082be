// Hostile strings in connect()'s options and in the command's flags: refused before a byte could be sent.

import assert from "node:assert/strict";
import { connect, type ConnectOptions } from "modem-mqtt/node";
import { modemMqtt } from "../e2e/support/process";

const enemies = ['x"', 'x"\r\nAT+CFUN=0\r\n', "x\r", "x\n", "x\0", "x\x1a", "x\x1b", "x\x7f", "x\ud800"];
/** There is no such port: whatever gets so far as to open it fails otherwise. */
const NOWHERE = "/nonexistent/tty";

describe("connect(): no option becomes a command", () => {
  const places: Readonly<Record<string, (text: any) => Partial<ConnectOptions>>> = {
    host: (host) => ({ host }), clientId: (clientId) => ({ clientId }), username: (username) => ({ username }), password: (password) => ({ username: "u", password }),
    "password, as bytes": (text) => ({ username: "u", password: Buffer.from(text.isWellFormed() ? text : "\xff", text.isWellFormed() ? "utf8" : "latin1") }),
    "will.topic": (topic) => ({ will: { topic, payload: "x" } }), "will.payload": (payload) => ({ will: { topic: "t", payload } }),
    port: (port) => ({ port }), keepalive: (keepalive) => ({ keepalive }), protocolVersion: (protocolVersion) => ({ protocolVersion }),
    clean: (clean) => ({ clean }), "modemOptions.payloadEncoding": (payloadEncoding) => ({ modemOptions: { payloadEncoding } }),
  };
  for (const modem of ["bc35g", "m531x", "ml302", "nm28"])
    for (const [place, make] of Object.entries(places)) it(`${modem}: ${place}`, async () => {
      for (const text of enemies)
        await assert.rejects(connect({ serial: NOWHERE, modem, host: "broker.example", reconnectPeriod: 0, ...make(text) }), { name: "ArgumentError" }, JSON.stringify(text));
    });
});

describe("the command: no flag becomes a command", function () {

  for (const [flag, more] of [["-h", []], ["-i", []], ["-u", []], ["-P", ["-u", "u"]], ["--will-topic", []], ["--will-payload", ["--will-topic", "t"]]] as const)
    it(`${flag}`, async () => {
      for (const text of ['x"\r\nAT+CFUN=0\r\n', 'x"']) {
        const { status, stdout, stderr } = await modemMqtt(["pub", "--serial", NOWHERE, "--modem", "bc35g", "-h", "broker.example", "-t", "t", "-m", "x", ...more, flag, text]);
        assert.equal(status, 2, stderr);
        assert.equal(stdout.toString(), "");
        assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
      }
    });
});
