/** Pipes whose reader has gone, such as `modem-mqtt info | head -1`: nothing went wrong, so nothing is said. */

type Stream = "stdout" | "stderr";

const GONE: readonly string[] = ["EPIPE", "EOF"]; // Windows has the second

const reactions: Record<Stream, () => void> = {
  // What the command has left to do can only be to print.
  stdout: () => process.exit(),
  // What the command does is done all the same; only nobody sees it.
  stderr: () => {},
};

/** Sees to it that a closed pipe is no error. To be called once, before anything is written. */
export function watchPipes(): void {
  for (const stream of ["stdout", "stderr"] as const)
    process[stream].on("error", (error: NodeJS.ErrnoException) => {
      if (!GONE.includes(error.code ?? "")) throw error;
      reactions[stream]();
    });
}

/** What is done, in place of the usual, when nobody reads a stream any more. It may be called again and again. */
export function whenGone(stream: Stream, react: () => void): void {
  reactions[stream] = react;
}
