import { m531x, ml302, nm28, online } from "./support/answering";

// Found by `npm run soak` on a machine with too much to do: an alarm may ring before the host has looked at its port.
for (const family of [m531x, ml302, nm28]) describe(`${family.name}: a message that comes while the host is busy for a fifth of a second`, () => {
  it("is not cut because the alarm rings before the rest of it is read", () => {
    for (const busy of [155, 200, 399]) {
      const { session, modem } = online(family, { on: { readable: (self, count, { topic, suspect }) => {
        const bytes = new Uint8Array(count);
        self.client.read(bytes);
        self.events.push(`${suspect ? "suspect " : ""}${topic} ${String.fromCharCode(...bytes)}`);
      } } });
      modem.serve();
      session.says(`${family.header("t", 10)}hello`);
      session.clock.sleep(busy);
      session.pass(0);
      session.says("again\\r\\n");
      session.pass(1000);
      session.mustTell("t helloagain");
    }
  });
});
