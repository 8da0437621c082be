// What a simulation gives the modem: time and a network that are nowhere but in this process.

import { generate, parser as createParser } from "mqtt-packet";
import type { Clock } from "../../hosts/virtual-modem/clock";
import type { Network } from "../../hosts/virtual-modem/network";

/** Time that passes when it is told to. */
export class VirtualClock implements Clock {
  #now = 0;
  #order = 0;
  #timers: { due: number; order: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  setTimer(callback: () => void, delay: number): unknown {
    const timer = { due: this.#now + delay, order: this.#order++, callback };
    this.#timers.push(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
  }

  /** Lets time pass, firing what is due in its order. */
  pass(duration: number): void {
    const end = this.#now + duration;
    for (;;) {
      const next = this.#timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due || a.order - b.order)[0];
      if (!next) break;
      this.clearTimer(next);
      this.#now = next.due;
      next.callback();
    }
    this.#now = end;
  }

  get waiting(): number {
    return this.#timers.length;
  }
}

/** A broker in memory, 50 ms away, that says yes to everything and sends each publish back. */
export function memoryNetwork(clock: Clock): Network {
  return {
    open(host, _port, events) {
      let open = true;
      const soon = (action: () => void): unknown => clock.setTimer(() => open && action(), 50);
      if (host === "nowhere") soon(() => events.failed("dns"));
      else soon(() => events.opened());
      const parser = createParser();
      parser.on("packet", (packet) => {
        const answer = (...packets: Parameters<typeof generate>[0][]): unknown =>
          soon(() => packets.forEach((each) => events.received(generate(each))));
        const id = packet.messageId;
        if (packet.cmd === "connect") answer({ cmd: "connack", returnCode: 0, sessionPresent: false });
        else if (packet.cmd === "subscribe") answer({ cmd: "suback", messageId: id, granted: [1] });
        else if (packet.cmd === "pingreq") answer({ cmd: "pingresp" });
        else if (packet.cmd === "unsubscribe") answer({ cmd: "unsuback", messageId: id, granted: [] });
        else if (packet.cmd === "pubrel") answer({ cmd: "pubcomp", messageId: id });
        else if (packet.cmd === "publish") {
          const echo = { ...packet, qos: 0, messageId: undefined } as const;
          if (packet.qos === 0) answer(echo);
          else answer({ cmd: packet.qos === 1 ? "puback" : "pubrec", messageId: id }, echo);
        }
        else if (packet.cmd === "disconnect") soon(() => events.closed());
      });
      const close = (): void => void (open = false);
      return { write: (bytes) => void parser.parse(Buffer.from(bytes)), close, abort: close };
    },
  };
}
