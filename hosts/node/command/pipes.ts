// Pipes whose reader has ended, as in `modem-mqtt info | head -1`: no error, and no message.

import { Exit } from "./exit";

type Stream = "stdout" | "stderr";

const GONE: readonly string[] = ["EPIPE", "EOF"]; // Windows has the second

const reactions: Record<Stream, () => void> = {
  // All that is left to do is to print.
  stdout: () => process.exit(),
  // The command continues; only its messages are lost.
  stderr: () => {},
};

/** Whether the failure to write results has been reported. */
let hasFailed = false;

/** Results could not be written, for example to a full disk: reports it once, and makes the exit status 1. */
function failed(error: NodeJS.ErrnoException): void {
  if (hasFailed) return;
  hasFailed = true;
  process.once("exit", () => {
    process.exitCode ||= Exit.Failed;
  });
  process.stderr.write(`modem-mqtt: stdout cannot be written (${error.message})\n`);
}

/** Makes a closed pipe no error. Called once, before anything is written. */
export function watchPipes(): void {
  for (const stream of ["stdout", "stderr"] as const)
    process[stream].on("error", (error: NodeJS.ErrnoException) => {
      if (stream === "stdout" && !GONE.includes(error.code ?? "")) failed(error);
      reactions[stream]();
    });
}

/** Replaces the reaction to a stream that nobody reads any more. `react` may be called several times. */
export function whenGone(stream: Stream, react: () => void): void {
  reactions[stream] = react;
}
