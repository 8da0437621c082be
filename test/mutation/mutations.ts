// Ways to break the core. Each is what somebody might write by mistake, and each has to be caught by a test or by the
// simulation: `npm run mutate`. A mutation is a replacement of text that stands in its file exactly once; where it does not
// any more, the table has to follow the source.

export interface Mutation {
  /** What goes wrong. */
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const mutation = (file: string) => (name: string, find: string, replace: string): Mutation => ({ name, file: `src/${file}`, find, replace });

const ring = mutation("bytes/ring.ts");
const text = mutation("bytes/text.ts");
const encoding = mutation("bytes/encoding.ts");
const fields = mutation("at/responses/fields.ts");
const delimiters = mutation("at/responses/delimiters.ts");
const echo = mutation("at/decoder/echo.ts");
const decoder = mutation("at/decoder/decoder.ts");
const counted = mutation("at/framing/counted.ts");
const readings = mutation("at/framing/readings.ts");
const lineEnd = mutation("at/framing/line-end.ts");
const headerCache = mutation("at/framing/header-cache.ts");
const message = mutation("at/framing/message.ts");
const pipe = mutation("at/pipe.ts");
const lines = mutation("at/chat/lines.ts");
const exchange = mutation("at/chat/exchange.ts");
const states = mutation("at/chat/states.ts");
const resync = mutation("at/chat/resync.ts");
const silence = mutation("at/chat/silence.ts");
const retry = mutation("at/requests/retry.ts");
const ownCommand = mutation("at/own/own-command.ts");
const simSteps = mutation("care/sim-steps.ts");
const networkSteps = mutation("care/network-steps.ts");
const clock = mutation("care/clock.ts");
const completion = mutation("at/chat/completion.ts");
const thrown = mutation("thrown.ts");
const payloads = mutation("at/requests/payloads.ts");
const timers = mutation("timers.ts");
const requests = mutation("at/requests/requests.ts");
const writer = mutation("at/commands/writer.ts");
const connection = mutation("mqtt/connection.ts");
const inFlight = mutation("mqtt/in-flight.ts");
const publisher = mutation("mqtt/publisher.ts");
const subscriber = mutation("mqtt/subscriber.ts");
const topic = mutation("modem/topic.ts");
const subscriptions = mutation("mqtt/subscriptions.ts");
const driver = mutation("modem/link.ts");
const outgoing = mutation("modem/outgoing.ts");
const reports = mutation("modem/reports.ts");
const scriptRun = mutation("modem/script-run.ts");
const watcher = mutation("modem/poller.ts");
const bringUp = mutation("modem/bring-up.ts");
const restartWatch = mutation("modem/restart-watch.ts");
const recovery = mutation("modem/recovery.ts");
const power = mutation("care/power.ts");
const rouser = mutation("care/rouser.ts");
const rates = mutation("care/rates.ts");
const watchdog = mutation("care/watchdog.ts");
const bc35g = mutation("modems/bc35g.ts");
const chinaMobile = mutation("modems/shared/china-mobile.ts");
const acknowledgements = mutation("modems/shared/acknowledgements.ts");
const ml302 = mutation("modems/ml302.ts");
const nm28 = mutation("modems/nm28.ts");

export const mutations: readonly Mutation[] = [
  // ---- bytes
  ring("one byte more than the ring has room for is taken", "let room = size - ((this.tail - this.head) | 0);", "let room = size + 1 - ((this.tail - this.head) | 0);"),
  ring("a copy across the ring's end begins one byte too late", "this.native.copy(target, offset + first, this.bytes, 0, length - first);", "this.native.copy(target, offset + first, this.bytes, 1, length - first);"),
  ring("a byte found behind the ring's end is one too early", "(position + mask + 1 - start + index) | 0", "(position + mask - start + index) | 0"),
  ring("what is compared across the ring's end is compared up to it", " && this.native.same(this.bytes, 0, other, from + first, length - first)", ""),
  text("a quote may stand in an argument", "byte === 0x22 || byte < 0x20", "byte < 0x20"),
  text("a carriage return may stand in an argument", "byte === 0x22 || byte < 0x20", "byte === 0x22 || byte < 0x0d"),
  text("an argument may be longer than its limit", "if (length > limit)", "if (length > limit + 1)"),
  text("an error shows a secret", 'const shown = secret ? "a secret" : string;', "const shown = string;"),
  encoding("a text in hex or Base64 may end in the middle of a byte", "if (length % group !== 0) return -1;", ""),
  writer("a number of two digits loses the first", "for (; digits > 0;", "for (; digits > 1;"),

  // ---- from bytes to lines
  decoder("a prompt is seen in the middle of a line", "if (byte === Byte.Prompt && this.promptExpected && ((at - this.answersFrom) | 0) >= 0 && this.trust !== Trust.Doubtful) {",
    "if (this.promptExpected) {\n      for (let p = at; p !== tail && bytes[p & mask] !== Byte.CR; p = (p + 1) | 0) if (bytes[p & mask] === Byte.Prompt) { at = p; byte = Byte.Prompt; break; }\n    }\n    if (byte === Byte.Prompt && this.promptExpected) {"),
  decoder("a line that is longer than the ring is kept", "if (((ring.tail - ring.head) | 0) > ring.mask) this.overflow();", ""),
  decoder("a message that nobody reads keeps everything behind it", "if (this.state !== DecoderState.Held || this.ring.free !== 0 || this.scanning) return;", "return;"),
  decoder("a message whose first part was dropped is not marked", "if (this.message.more) this.message.suspect = true;", ""),
  delimiters("a quote at the end of what has come ends the text", "if (after === tail) return at; // decided when more has come", ""),
  fields("a number of twelve digits is believed", "NUMBER = 9,", "NUMBER = 12,"),
  echo("what only began like an echo is lost", "const line = (at - index + start) | 0;", "const line = ring.head = at;"),
  headerCache("the remembered beginning of a message is not forgotten", "    this.length = 0;\n", ""),
  readings("a payload with a length is one byte short", "const fit = this.fitOf(message, payload, header.value);", "const fit = this.fitOf(message, payload, --header.value);"),
  message("a message with a wrong length is not marked", "    this.suspect = this.mayContinue = true;\n", "    this.mayContinue = true;\n"),
  lineEnd("a payload without a length ends at LF alone", "for (let i = 1; i <= crCount; i++) if", "for (let i = 1; i < crCount; i++) if"),
  counted("a message in parts never ends", "    header.left -= length;\n", ""),
  readings("another subscribed topic with a comma is not thought of", "const length = decimal(ring, start, comma);", "const length = -1;"),

  // ---- commands and their answers
  resync("a late final is taken for the probe's", "    if (this.value === Probe.Unanswered) {\n      this.lateFinals++;", "    if (this.value === Probe.Unanswered && false) {\n      this.lateFinals++;"),
  states("no probe is sent after a timeout", "on(State.AwaitFinal, Event.Timeout, State.Resync, Action.GiveUp);", "on(State.AwaitFinal, Event.Timeout, State.Idle, Action.GiveUp);"),
  requests("a timeout never fires", "const deadline = (this.timers.clock.now() + milliseconds) | 0,", "const deadline = (this.timers.clock.now() + 0x3fffffff) | 0,"),
  completion("a write is done with the modem's OK", "else if (result === ResultCode.Unspecified || command.result === undefined) this.finish", "else if (isOk) this.finish"),
  states("a final that comes while the command is being sent is believed", "on(State.Sending, Event.Ok, State.Sending, Action.Stray);", "on(State.Sending, Event.Ok, State.Idle, Action.Conclude);"),
  states("an OK in the middle of the payload ends the publish", "on(State.SendingPayload, Event.Ok, State.SendingPayload, Action.Stray);", "on(State.SendingPayload, Event.Ok, State.Idle, Action.Conclude);"),
  resync("a data phase is left without the byte that cancels it", "inData ? this.cancel : 0", "0"),
  resync("a message that a modem has not asked for is the beginning of the next command", "    if (this.isLineOpen) writer.byte(Byte.CR);\n", ""),
  exchange("a message whose prompt is lost is sent though it may be a command", "if (!isSafeInCommandMode(bytes, request.offset, request.length)) {", "if (false) {"),
  states("a message whose prompt is lost is filled up with probes", "on(State.AwaitPrompt, Event.Timeout, State.SendingPayload, Action.SendBlind);", "on(State.AwaitPrompt, Event.Timeout, State.Resync, Action.GiveUp);"),
  lines("an error in a stranger's message ends the command", "(!isOk && this.unconfirmed.mayBeForged())", "false"),
  resync("a probe's late answer ends the next command", "if (!isAwaited) this.owesFinal = true;", ""),
  silence("a message ends although the host has not looked at its port", "if (this.isOver) decoder.silence();", "decoder.silence();"),
  pipe("the port is not closed", "    this.port.close();\n", ""),
  thrown("what a callback throws is swallowed", "throw exception;", ""),
  completion("what was under way at a loss is never reported", "while ((next = this.requests.oldest(RequestState.Aborted)) !== null) this.finish(next, Outcome.Aborted, 0);", "void next!;"),
  payloads("a payload stays in the application's buffer until the modem asks for it",
    "    this.native.copy(this.bytes, end - left, bytes, 0, bytes.length);\n",
    "    if (this.used === length && bytes.length === left && left === length) {\n      this.bytes = bytes;\n      request.offset = 0;\n    } else this.native.copy(this.bytes, end - left, bytes, 0, bytes.length);\n"),
  payloads("a payload that was moved is looked for at its old place", "      request.offset = to;\n", ""),
  payloads("a payload for which there is no room is written behind the buffer", "      if (end > this.mostBytes) return false;\n", ""),
  timers("a deadline beyond the clock's wrap is over at once", "return ((moment - this.clock.now()) | 0) <= 0;", "return moment <= this.clock.now();"),
  timers("an alarm beyond the clock's wrap is never set", "if (this.armedFor !== Moment.Never && ((this.armedFor - moment) | 0) <= 0) return;", "if (this.armedFor !== Moment.Never && this.armedFor <= moment) return;"),
  timers("a host that was asleep gives up before it has listened", "if (!this.hasRead && ((this.clock.now() - this.armedFor) | 0) > Time.Late) {", "if (false) {"),
  requests("an acknowledgement with another id is believed", "(wire === WireId.Any || request.wireId === wire)", "true"),
  requests("a report about one client ends another one's operation", "request.result === ResultCode.Pending &&\n        request.link === link\n", "request.result === ResultCode.Pending\n"),

  // ---- the client
  inFlight("the id 0 is given", "do id = id === 65535 ? 1 : id + 1;", "do id = id === 65535 ? 0 : id + 1;"),
  inFlight("an id that is under way is given again", "while (requests.first !== null && this.has(id));", "while (false);"),
  publisher("a payload may be longer than the modem takes", "if (length > outgoing.longest)", "if (length > outgoing.longest + 1)"),
  publisher("a part may be longer than what is left", "if (bytes.length > this.left)", "if (false)"),
  connection("nothing is subscribed again when the modem has the connection back", "    if (this.subscriber.restoreAll()) return;\n", ""),
  subscriber("only the first subscription is restored", "link.stage !== Stage.Online || this.restoreNext()", "link.stage !== Stage.Online"),
  connection("close() disconnects in good order, so that the broker publishes no will", "    this.link.close();\n", "    this.link.disconnect();\n"),
  connection("the password is shown by the error that refuses it", 'textOf(options.password, "password", A_SECRET)', 'textOf(options.password, "password")'),
  inFlight("more publishes are under way than the modem can have", "link.window > 0 ? link.chat", "link.window > -100 ? link.chat"),
  topic("a message may be published to a wildcard", 'if (text.string.includes("#") || text.string.includes("+"))', "if (false)"),
  subscriptions("a subscription that was refused is restored", "request.grantOf(i) <= 2", "request.grantOf(i) <= 255"),

  // ---- one connection, and the modem
  driver("what was under way when the connection was lost is left under way", "    this.chat.abort(this.number, forgotten);\n", ""),
  driver("close() leaves the modem's connection open", "    this.run(stage === Stage.Online ? (family.abandon ?? family.close) : family.close);\n", "    this.release();\n"),
  watcher("the connection is never asked after", "isAsleep) return;\n    this.ask(host.family.poll);\n", "isAsleep) return;\n"),
  watcher("a modem that sleeps is polled", " || host.chat.isAsleep) return;", ") return;"),
  watcher("a connection is not asked after when the modem has slept", "    this.pollIn(this.interval);\n    this.ask(family.poll);\n", "    this.pollIn(this.interval);\n"),
  watcher("a write that failed is no reason to ask after the connection", "    this.pollIn(Timeout.Hurry < this.interval ? Timeout.Hurry : this.interval);\n", ""),
  scriptRun("a failed step of bringing up is passed over", "if (outcome === Outcome.Done || this.tolerates(outcome)) this", "if (true as boolean) this"),
  restartWatch("a restart that only the marker shows is not noticed", "else if (cmee === 0 && this.cmee !== 0 && isPrepared && !this.listener.chat.mayBeForged()) this.listener.onRestart();", ""),
  restartWatch("a restart that the modem announces is not noticed", "      if (!isBack && !chat.inDoubt) this.listener.onRestart();\n      // CMEE tells: at once, or when what is under way is not answered.\n      else if", "      if"),
  bringUp("nobody waits for the network", "    if (network.attached) return this.complete(this.host.care);", "    if (true as boolean) return this.complete(this.host.care);"),

  // ---- the modem as a device
  retry("an application's own command is sent a second time", "    command.own !== true &&\n", ""),
  retry("a publish that a sleeping modem may have taken is sent again", "isUnasked || (!request.inWindow && ", "isUnasked || ("),
  exchange("a prompt that an own command has not asked for leaves the modem waiting for data", "        if (request.command!.own !== true) return;\n", "        if (true as boolean) return;\n"),
  ownCommand("an application switches the echo on", '  [["E1"], "switches the command echo on"],\n', ""),
  simSteps("a SIM that goes on asking for its PIN is not taken for one that has refused it", "givenUp: (state) => (state.isLocked ?", "givenUp: (state) => (state.isLocked && state.tries < 0 ?"),
  simSteps("a PIN's refusal behind the OK is not heard", "if (refused !== null) return refuse(state, refused);\n      state.isLocked", "state.isLocked"),
  simSteps("a PIN that was refused is tried again", "if (state.isLocked) return state.pinRefusal ?? undefined;", "if (state.isLocked) return undefined;"),
  simSteps("the last try of a PIN is spent", "if (tries >= 0 && tries <= LAST_TRY)", "if (tries === 0)"),
  networkSteps("an APN that the modem has is set all the same", "!isSameAPN(context.apn, name)", "context.apn !== name"),
  clock("the zone of a modem that prints UTC is taken off", 'hour === "utc" ? told : told - quarters! * QUARTER', "told - (quarters ?? 0) * QUARTER"),

  // ---- families
  reports("a notice of sending again is taken for the end", "  if (result === progress) link.chat.extend(request);\n  else if", "  if"),
  outgoing("at QoS 0 the report's id is not 0", "idsFrom === IdsFrom.HostButZero && isQoS0 ? 0 : request.id", "request.id"),
  bc35g("the report of a lost link is passed over", "  { on: Report.Stat, does: Does.Lose, connecting: Kind.Connect, error: lossOf },\n", ""),
  chinaMobile("PUBREC is taken for the end of QoS 2", "return acknowledgements.received(fields);", "return acknowledgements.published(fields, 2);"),
  acknowledgements("an acknowledgement with a damaged id, or another publish's, ends a publish", "if (request === null || request.QoS !== QoS || id < 0) return;\n    const early = chat.awaitsFinal(request);\n    if (this.isRepetition(request, id, early)) return ids.doubt(Kind.Publish);\n    if (!ids.isOf(Kind.Publish, id)) return;", "if (request === null || request.QoS !== QoS) return;\n    const early = false;"),
  acknowledgements("PUBACK ends a publish at QoS 2", "request.QoS !== QoS || id < 0", "id < 0"),
  chinaMobile("a connection that the modem has back by itself is passed over", "(+MQTTOPEN)\"));\n      if (link.stage === Stage.Reconnecting) link.restore();\n", "(+MQTTOPEN)\"));\n"),
  ml302("a quote in a payload ends the string that it stands in", "if (byte === Byte.Quote) writer.byte(BACKSLASH);", ""),
  nm28("Ctrl-Z is counted as payload", "options.ctrlZ === CtrlZ.Always ? request.length - CTRL_Z.length : request.length", "request.length"),

  // ---- power and supervision
  recovery("a context that the network refuses has the reset pin pulled", "{ PDP_FAILED: Level.Restart }", "{ PDP_FAILED: Level.Power }"),
  power("a pin's polarity is ignored", "return active !== (activeLow === true) ? 1 : 0;", "return active ? 1 : 0;"),
  power("a client that goes leaves the key pressed", "if (step > 0 && step < steps.length) this.drive(steps[step][0], false);", ""),
  rouser("the key of a modem that its status pin tells to be on is pressed", " && isOn !== true", ""),
  rouser("the key is pressed before the modem was asked at every rate", "(isOff || this.untried <= 0)", "(isOff || this.untried <= 1)"),
  rouser("a modem that answers with errors has its key pressed", "if (silent && this.isMute())", "if (this.isMute())"),
  rouser("a modem that is off is switched off first, which may switch it on", "level === Level.Power && this.pins.isOn === false ? this.pins.on : ", ""),
  rouser("the key of a modem that was reset and is starting is pressed", " && !(this.isStarting && isOn === undefined)", ""),
  rates("a change of the rate that was lost is tried for ever", "this.isFree && !this.isTried && ", "this.isFree && "),
  watchdog("the watchdog does the same again and again", "return this.levels[this.at++];", "return this.levels[this.at];"),
];

/** The source, broken. @throws Error where the text does not stand in it exactly once */
export function broken({ name, file, find, replace }: Mutation, source: string): string {
  const times = source.split(find).length - 1;
  if (times !== 1) throw new Error(`${file} has ${times} times what "${name}" replaces: ${JSON.stringify(find)}; test/mutation/mutations.ts has to follow the source`);
  return source.replace(find, () => replace);
}
