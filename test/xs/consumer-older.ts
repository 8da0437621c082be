/// <reference path="host.d.ts" />
/** The app of the older module `mqtt` on `config.modem`. */
import config from "mc/config";
import Client from "mqtt";
import setup from "setup/modem-mqtt";
import Timer from "timer";
import { playOlder } from "../consumer/older";

setup(() => void playOlder({ ...config.stage, name: config.name, Client, later: Timer.set }, (line) => trace(`${line}\n`)));
