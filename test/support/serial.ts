import { SerialPort } from "serialport";

/**
 * Opens a serial port for this process alone. A lock lasts a moment longer than the port that had it where a process is being started
 * meanwhile, for that one has inherited it until it runs its own program: so it is waited for.
 */
export async function openSerial(path: string, baudRate: number): Promise<SerialPort> {
  const port = new SerialPort({ path, baudRate, autoOpen: false });
  for (;;) {
    const error = await new Promise<Error | null>((resolve) => port.open(resolve));
    if (error === null) return port;
    if (!/Cannot lock port/.test(error.message)) throw error;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
