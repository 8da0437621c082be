// AT+QMTENAUTH and AT+QMTTENAUTH: spellings, results, and the request to a URL.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Bench, type BenchOptions, closedPort, ERROR, listen, OK } from "./bench";

const ids = '"prod","dev-1","prod@dev-1","secret"';

describe("virtual modem, BC35-G: Tencent Cloud", () => {
  let bench: Bench;
  const start = (options?: BenchOptions): Bench => (bench = new Bench(options));
  afterEach(() => bench.close());

  it("gets a password and remembers it", async () => {
    start();
    await bench.exchange("AT+QMTENAUTH?", OK);
    await bench.exchange(`AT+QMTTENAUTH=${ids},30`, OK);
    await bench.expect("\r\n+QMTTENAUTH: 0,");
    const password = /^"[0-9a-f]{40}"\r\n$/.exec(bench.drain().toString())?.[0];
    assert.ok(password);
    await bench.exchange("AT+QMTENAUTH?", `\r\n+QMTTENAUTH: ${password}${OK}`);
  });

  it("spells the command as the variant says", async () => {
    start();
    await bench.exchange(`AT+QMTENAUTH=${ids}`, ERROR);
    await bench.exchange("AT+QMTTENAUTH?", ERROR);
    bench.close();
    start({ variants: { tenAuthName: "one-t", tenAuthQuotes: "raw" } });
    await bench.exchange(`AT+QMTTENAUTH=${ids}`, ERROR);
    await bench.exchange(`AT+QMTENAUTH=${ids}`, OK);
    await bench.expect("\r\n+QMTTENAUTH: 0,");
    assert.match(bench.drain().toString(), /^[0-9a-f]{40}\r\n$/);
    bench.close();
    start({ variants: { tenAuthName: "two-t" } });
    await bench.exchange("AT+QMTTENAUTH?", OK);
  });

  for (const result of [1, 2, 3, 4, 5, 6]) {
    it(`fails with result ${result}`, async () => {
      start({ faults: [`token:${result}`] });
      await bench.exchange(`AT+QMTTENAUTH=${ids}`, OK, `\r\n+QMTTENAUTH: ${result}\r\n`);
    });
  }

  it("asks the URL", async () => {
    const bodies: unknown[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (data) => (body += String(data)));
      request.on("end", () => {
        bodies.push([request.method, request.url, JSON.parse(body)]);
        response.end('{"password":"pw"}');
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    start();
    const { port } = server.address() as AddressInfo;
    await bench.exchange(`AT+QMTTENAUTH=${ids},30,"http://127.0.0.1:${port}/auth?x=1"`, OK, '\r\n+QMTTENAUTH: 0,"pw"\r\n');
    const body = { productId: "prod", deviceName: "dev-1", clientId: "prod@dev-1", deviceSecret: "secret", expire: 30 };
    assert.deepEqual(bodies, [["POST", "/auth?x=1", body]]);
    await new Promise((done) => server.close(done));
  });

  const answers: [string, number][] = [
    ["nonsense", 3],
    ["HTTP/1.0 500 Oops\r\n\r\n", 3],
    ["HTTP/1.0 200 OK\r\n\r\nnonsense", 5],
    ['HTTP/1.0 200 OK\r\n\r\n{"password":7}', 5],
    ["HTTP/1.0 200 OK\r\n\r\nnull", 5],
    ['HTTP/1.0 200 OK\r\n\r\n{"password":"a\\r\\nOK"}', 5],
    ["", 4],
  ];
  for (const [answer, result] of answers) {
    it(`takes ${JSON.stringify(answer)} for result ${result}`, async () => {
      const server = await listen((socket) => socket.once("data", () => socket.end(answer)));
      start();
      await bench.exchange(`AT+QMTTENAUTH=${ids},,"http://127.0.0.1:${server.port}"`, OK, `\r\n+QMTTENAUTH: ${result}\r\n`);
      await server.close();
    });
  }

  it("an answer without an end was read without limit", async () => {
    let gone = (): void => {};
    const isGone = new Promise<void>((resolve) => { gone = resolve; });
    const server = await listen((socket) => {
      socket.on("error", () => {}).on("close", () => gone());
      const more = (): void => {
        while (!socket.destroyed && socket.write("x".repeat(4096)));
      };
      socket.on("drain", more);
      socket.once("data", () => { socket.write('HTTP/1.0 200 OK\r\n\r\n{"password":"'); more(); });
    });
    start();
    await bench.exchange(`AT+QMTTENAUTH=${ids},,"http://127.0.0.1:${server.port}"`, OK, "\r\n+QMTTENAUTH: 5\r\n");
    await isGone; // the modem has closed it: the server never does
    await server.close();
  });

  it("fails without a server, without a usable URL, without an answer", async () => {
    start();
    await bench.exchange(`AT+QMTTENAUTH=${ids},,"http://127.0.0.1:${await closedPort()}/"`, OK, "\r\n+QMTTENAUTH: 2\r\n");
    await bench.exchange(`AT+QMTTENAUTH=${ids},,"https://127.0.0.1/"`, OK, "\r\n+QMTTENAUTH: 2\r\n");
    await bench.exchange(`AT+QMTTENAUTH=${ids},,"http://${"x".repeat(64)}.invalid/"`, OK, "\r\n+QMTTENAUTH: 1\r\n");
  });
});
