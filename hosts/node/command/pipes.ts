/** Pipes whose reader has gone, such as `modem-mqtt info | head -1`: nothing went wrong, so nothing is said. */

import { Exit } from "./exit";

type Stream = "stdout" | "stderr";

const GONE: readonly string[] = ["EPIPE", "EOF"]; // Windows has the second

const reactions: Record<Stream, () => void> = {
  // What the command has left to do can only be to print.
  stdout: () => process.exit(),
  // What the command does is done all the same; only nobody sees it.
  stderr: () => {},
};

/** Whether it has been told of that results could not be written. */
let hasFailed = false;

/** Results are lost, on a full disk for example: that is told of once, and the status is 1 however the command ends. */
function failed(error: NodeJS.ErrnoException): void {
  if (hasFailed) return;
  hasFailed = true;
  process.once("exit", () => { process.exitCode ||= Exit.Failed; });
  process.stderr.write(`modem-mqtt: stdout cannot be written (${error.message})\n`);
}

/** Sees to it that a closed pipe is no error. To be called once, before anything is written. */
export function watchPipes(): void {
  for (const stream of ["stdout", "stderr"] as const)
    process[stream].on("error", (error: NodeJS.ErrnoException) => {
      if (stream === "stdout" && !GONE.includes(error.code ?? "")) failed(error);
      reactions[stream]();
    });
}

/** What is done, in place of the usual, when nobody reads a stream any more. It may be called again and again. */
export function whenGone(stream: Stream, react: () => void): void {
  reactions[stream] = react;
}
