import { m531x, nm28, type Family } from "./support/answering";
import { sameLines } from "./support/check";
import { bytesOf } from "./support/exchange";
import { inbox, stillWorks, type Inbox } from "./support/inbox";
import { positions } from "./support/positions";

/** What is subscribed, what the modem says behind the fields before the topic, then what must have been received. */
type Case = [name: string, subscribed: string[], says: string, ...received: string[]];

const CASES: Case[] = [
  ["the shorter one was taken, though only the longer one is subscribed", ["a,7"], "a,7,5,hello\\r\\n", "a,7: hello"],
  ["only the shorter one is subscribed", ["a"], "a,7,5,hello\\r\\n", "a: 5,hello"],
  ["both are subscribed", ["a,7", "a"], "a,7,5,hello\\r\\n", "suspect a: 5,hello"],
  ["neither is subscribed", ["b", "a/7", "a,", "a,77"], "a,7,5,hello\\r\\n", "suspect a: 5,hello"],
  ["one of three readings: the first", ["a"], "a,9,7,5,hello\\r\\n", "a: 7,5,hello"],
  ["one of three readings: the second", ["a,9"], "a,9,7,5,hello\\r\\n", "a,9: 5,hello"],
  ["one of three readings: the third", ["a,9,7"], "a,9,7,5,hello\\r\\n", "a,9,7: hello"],
  ["with blanks behind the commas", ["a, 7"], "a, 7, 5,hello\\r\\n", "a, 7: hello"],
  ["a blank at its end", ["a "], "a ,5,hello\\r\\n", "a : hello"],
  ["a blank at its end, below a wildcard", ["#"], "a ,5,hello\\r\\n", "a : hello"],
  ["two blanks at its end, and blanks behind the commas", ["#"], "[sp]a[sp][sp],[sp]5,hello\\r\\n", "a  : hello"],
  ["a blank at its beginning, and none before the length", ["#"], "[sp]a,5,hello\\r\\n", " a: hello"],
  ["two blanks at its beginning, and blanks behind the commas", ["#"], "[sp][sp]a,[sp]5,hello\\r\\n", " a: hello"],
  ["nothing but a blank", ["#"], "[sp],5,hello\\r\\n", " : hello"],
  ["nothing but a blank, and blanks behind the commas", ["#"], "[sp][sp],[sp]5,hello\\r\\n", " : hello"],
  ["a blank at its end and a number behind that", ["a ,7"], "a ,7,5,hello\\r\\n", "a ,7: hello"],
  ["a number that is further inside the topic", ["a,9,b,7"], "a,9,b,7,5,hello\\r\\n", "a,9,b,7: hello"],
  ["numbers in a payload are no topic", ["a"], "a,11,1,2,3,4,5,6\\r\\n", "a: 1,2,3,4,5,6"],
  ["numbers in a payload, whose topic is not known", [], "a,11,1,2,3,4,5,6\\r\\n", "a: 1,2,3,4,5,6"],

  ["subscribed with + for a level", ["+/m,7"], "l/m,7,5,hello\\r\\n", "l/m,7: hello"],
  ["subscribed with + for the last level", ["l,7/+"], "l,7/m,7,5,hello\\r\\n", "suspect l,7/m: 5,hello"],
  ["subscribed with + for a level that holds the comma", ["l/+/n,7"], "l/m,1/n,7,5,hello\\r\\n", "l/m,1/n,7: hello"],
  ["subscribed with + for one level more", ["+/+/m,7"], "l/m,7,5,hello\\r\\n", "suspect l/m: 5,hello"],
  ["subscribed with #", ["a,7/#"], "a,7,5,hello\\r\\n", "a,7: hello"],
  ["subscribed with # for levels below", ["l/#"], "l/m,7,5,hello\\r\\n", "suspect l/m: 5,hello"],
  ["subscribed with # for everything", ["#"], "a,7,5,hello\\r\\n", "suspect a: 5,hello"],
  ["a wildcard at the beginning matched a topic of the server's own", ["+/m,7"], "$l/m,7,5,hello\\r\\n", "suspect $l/m: 5,hello"],
  ["a topic of the server's own, subscribed by name", ["$l/m,7"], "$l/m,7,5,hello\\r\\n", "$l/m,7: hello"],

  ["the subscribed one ends earlier", ["a,9"], "a,9,5,hello\\r\\n\\r\\n", "a,9: hello"],
  ["the subscribed one ends later", ["a,8"], "a,8,12,hello\\r\\nworld\\r\\n", "a,8: hello\\r\\nworld"],
  ["the one that ends earlier is subscribed", ["a"], "a,8,12,hello\\r\\nworld\\r\\n", "a: 12,hello"],
  ["the subscribed one would end later, but nothing comes", ["a,8"], "a,8,12,hello\\r\\n", "a: 12,hello"],
  ["the subscribed one would end later, but something else comes", ["a,8"], "a,8,12,hello\\r\\n+MQTTXYZ:OK\\r\\n", "a: 12,hello"],
  ["the subscribed one would be longer than the ring", ["a,11"], "a,11,60000,hello\\r\\n", "a: 60000,hello"],
  ["the first of two subscribed ones does not fit", ["a,9", "a,9,6"], "a,9,6,5,hello\\r\\n", "a,9,6: hello"],
  ["no length fits", ["a,6"], "a,6,9,hello\\r\\n", "suspect a,6: hello"],
  ["no length fits, and nothing is subscribed", [], "a,6,9,hello\\r\\n", "suspect a: 9,hello"],
];

function subscribe({ session, modem }: Inbox, topics: readonly string[]): void {
  topics.forEach((topic, index) => {
    session.subscribe(topic, 0, { id: index + 1 });
    modem.serve();
  });
  session.events.splice(0);
}

/** What a family prints before a topic. */
const lead = (family: Family): string => family.header("", 0).slice(0, -",0,".length);

for (const family of [m531x, nm28]) describe(`${family.name}: a topic without quotes that can be read in several ways`, () => {
  for (const [name, topics, says, ...received] of CASES) it(name, () => {
    const bytes = bytesOf(`${lead(family)}${says}`);
    // Whole, byte by byte, and cut everywhere.
    for (const at of [0, ...positions(1, bytes.length + 1)]) {
      const box = inbox(family);
      subscribe(box, topics);
      if (at === 0) for (const byte of bytes) box.session.port.receive([byte]);
      else {
        box.session.port.receive(bytes.slice(0, at));
        box.session.port.receive(bytes.slice(at));
      }
      box.session.pass(200);
      sameLines(box.messages, received, `cut at ${at}`);
      stillWorks(box, family, `cut at ${at}`);
    }
  });

  it("a subscription counted no longer after it had been given up", () => {
    const box = inbox(family);
    subscribe(box, ["a,7"]);
    box.session.client.write(null, { operation: 10, items: [{ topic: "a,7" }] });
    box.modem.serve();
    box.session.says(`${lead(family)}a,7,5,hello\\r\\n`);
    sameLines(box.messages, ["suspect a: 5,hello"]);
  });

  it("a retained message that comes before the SUBACK", () => {
    const box = inbox(family);
    box.session.subscribe("a,7");
    box.session.says(`${lead(family)}a,7,5,hello\\r\\n`);
    sameLines(box.messages, ["a,7: hello"]);
  });
});
