/// <reference path="host.d.ts" />
/** The consumer on `device.network.mqtt` as the provider makes it from `config.modem`. */
import config from "mc/config";
import setup from "setup/modem-mqtt";
import Timer from "timer";
import { consume } from "../consumer/consumer";

setup(() => void consume({ ...config.stage, name: config.name, mqtt: (globalThis as any).device.network.mqtt, later: Timer.set }, (line) => trace(`${line}\n`)));
