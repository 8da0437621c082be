import assert from "node:assert/strict";
import { lstatSync } from "node:fs";
import { lutimes, mkdtemp, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";

describe("virtual modem: its link", () => {
  let folder: string;
  let link: string;
  const modems: VirtualModem[] = [];
  const modem = async (): Promise<VirtualModem> => {
    const one = await createVirtualModem({ modem: "bc35g", link });
    modems.push(one);
    return one;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "modem-mqtt-"));
    link = join(folder, "modem");
  });

  afterEach(async () => {
    await Promise.all(modems.splice(0).map((one) => one.close()));
    await rm(folder, { recursive: true });
  });

  it("is refused where a live modem has it, and that one keeps it", async () => {
    const first = await modem();
    await assert.rejects(modem(), { code: "BAD_OPTION", message: /cannot link .*: it leads to .*, which is there; end the modem that has it, or take another name/ });
    assert.equal(await readlink(link), first.path);
  });

  it("replaces one that leads nowhere", async () => {
    await symlink("/dev/pts/no-such", link);
    const { path } = await modem();
    assert.equal(await readlink(link), path);
  });

  it("replaces a stale one whose terminal's number has been given to another since", async () => {
    const other = await createVirtualModem({ modem: "bc35g" });
    modems.push(other);
    // What a modem has left that was killed, before the other one was there.
    const made = lstatSync(other.path).ctimeMs / 1000 - 10;
    await symlink(other.path, link);
    await lutimes(link, made, made);
    const { path } = await modem();
    assert.equal(await readlink(link), path);
  });

  it("does not replace one to a device that is no modem of this kind", async () => {
    await symlink("/dev/null", link);
    await assert.rejects(modem(), { code: "BAD_OPTION" });
    assert.equal(await readlink(link), "/dev/null");
  });

  it("does not replace what is no link", async () => {
    await writeFile(link, "");
    await assert.rejects(modem(), { code: "BAD_OPTION", message: /something that is not a link is there/ });
  });

  it("is removed by its own modem alone", async () => {
    const first = await modem();
    await rm(link);
    const second = await modem();
    await first.close();
    assert.equal(await readlink(link), second.path);
    await second.close();
    assert.throws(() => lstatSync(link), { code: "ENOENT" });
  });
});
