// "ssl" of the NM28: MQTT over TLS, per client.

import { createServer, type Server } from "node:tls";
import type { AddressInfo } from "node:net";
import { type Broker, ERROR, listen, OK, startBroker } from "./bench";
import { makeCertificate } from "./certificate";
import { Nm28Bench } from "./nm28-bench";

describe("virtual modem, NM28: TLS", () => {
  let broker: Broker;
  let server: Server;
  let securePort: number;
  let bench: Nm28Bench;

  before(async () => {
    broker = await startBroker();
    server = createServer(makeCertificate(), (socket) => {
      socket.on("error", () => undefined);
      broker.aedes.handle(socket);
    });
    server.on("tlsClientError", () => undefined);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    securePort = (server.address() as AddressInfo).port;
  });
  beforeEach(() => void (bench = new Nm28Bench()));
  afterEach(() => bench.close());
  after(async () => {
    await broker.close();
    await new Promise<void>((done) => server.close(() => done()));
  });

  it("speaks TLS for a client that is set to it, and TCP for another", async () => {
    await bench.exchange('AT+MQTTCFG="ssl",1,1,0', OK);
    await bench.online(broker.port, 0);
    await bench.online(securePort, 1);
    await bench.done('AT+MQTTSUB=0,1,"t",0', "+MQTTSUB:0,1,0,0");
    await bench.prompt('1,1,0,0,0,"t",5');
    bench.say("hello");
    await bench.expect(`\r\n+MQTTPUBEX:1,1,0\r\n${OK}\r\n+MQTTRECV:0,1,t,5,hello\r\n`);
    await bench.done("AT+MQTTCLOSE=1", "+MQTTCLOSE:1,0");
  });

  it("finds a server by its name", async () => {
    await bench.exchange('AT+MQTTCFG="ssl",0,1,0', OK);
    await bench.done(`AT+MQTTOPEN=0,"localhost",${securePort}`, "+MQTTOPEN:0,0");
  });

  it("fails to open where nobody speaks TLS", async () => {
    await bench.exchange('AT+MQTTCFG="ssl",0,1,0', OK);
    const plain = await listen((socket) => socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
    await bench.exchange(`AT+MQTTOPEN=0,"127.0.0.1",${plain.port}`, "\r\n+MQTTOPEN:0,5\r\n", ERROR);
    await plain.close();
  });

  it("goes without TLS to a server that wants it, and is not understood", async () => {
    await bench.open(securePort);
    await bench.exchange('AT+MQTTCONN=0,"c","",""', "\r\n+MQTTCONN:0,2\r\n", ERROR);
  });
});
