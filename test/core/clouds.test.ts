import { utf8Decode, utf8Encode } from "../../src/bytes/utf8";
import {
  alibaba, base64Decode, base64Encode, ctwing, hex, hmac, onenet, sha1, sha256, tencent,
  type AlibabaOptions, type CTWingOptions, type OneNETOptions, type TencentOptions,
} from "../../src/clouds/index";
import { ArgumentError } from "../../src/errors";
import { equal, thrown } from "./support/check";

const bytes = (count: number, value: number): Uint8Array => new Uint8Array(count).fill(value);
const counting = (count: number): Uint8Array => new Uint8Array(count).map((_, index) => index + 1);

describe("clouds: hashes", () => {
  // https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values, for FIPS 180-4
  const examples: [message: string, sha1: string, sha256: string][] = [
    ["", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "a9993e364706816aba3e25717850c26c9cd0d89d", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    ["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "84983e441c3bd26ebaae4aa1f95129e5e54670f1", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"],
    ["abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "a49b2446a02c645bf419f995b67091253a04a259", "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"],
  ];
  for (const [message, one, two] of examples)
    it(`of ${message.length} bytes (FIPS 180-4)`, () => {
      equal(hex(sha1(utf8Encode(message))), one);
      equal(hex(sha256(utf8Encode(message))), two);
    });

  it("leave the message as it is", () => {
    const message = utf8Encode("abc");
    sha256(message);
    sha1(message);
    equal(utf8Decode(message), "abc");
  });
});

describe("clouds: HMAC", () => {
  // The cases that truncate nothing: RFC 2202, chapter 3, and RFC 4231, chapter 4.
  const sha1Cases: [key: Uint8Array, message: Uint8Array, digest: string][] = [
    [bytes(20, 0x0b), utf8Encode("Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00"],
    [utf8Encode("Jefe"), utf8Encode("what do ya want for nothing?"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"],
    [bytes(20, 0xaa), bytes(50, 0xdd), "125d7342b9ac11cd91a39af48aa17b4f63f175d3"],
    [counting(25), bytes(50, 0xcd), "4c9007f4026250c6bc8414f9bf50c86c2d7235da"],
    [bytes(20, 0x0c), utf8Encode("Test With Truncation"), "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"],
    [bytes(80, 0xaa), utf8Encode("Test Using Larger Than Block-Size Key - Hash Key First"), "aa4ae5e15272d00e95705637ce8a3b55ed402112"],
    [bytes(80, 0xaa), utf8Encode("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"), "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"],
  ];
  const sha256Cases: typeof sha1Cases = [
    [bytes(20, 0x0b), utf8Encode("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
    [utf8Encode("Jefe"), utf8Encode("what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"],
    [bytes(20, 0xaa), bytes(50, 0xdd), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
    [counting(25), bytes(50, 0xcd), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"],
    [bytes(131, 0xaa), utf8Encode("Test Using Larger Than Block-Size Key - Hash Key First"), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"],
    [bytes(131, 0xaa), utf8Encode("This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"],
  ];
  for (const [index, [key, message, digest]] of sha1Cases.entries())
    it(`with SHA-1, RFC 2202, case ${index + 1}`, () => equal(hex(hmac(sha1, key, message)), digest));
  for (const [index, [key, message, digest]] of sha256Cases.entries())
    it(`with SHA-256, RFC 4231, case ${index < 4 ? index + 1 : index + 2}`, () => equal(hex(hmac(sha256, key, message)), digest));
});

describe("clouds: Base64", () => {
  // RFC 4648, chapter 10
  for (const [text, encoded] of [["", ""], ["f", "Zg=="], ["fo", "Zm8="], ["foo", "Zm9v"], ["foob", "Zm9vYg=="], ["fooba", "Zm9vYmE="], ["foobar", "Zm9vYmFy"]] as const)
    it(`of ${JSON.stringify(text)}`, () => {
      equal(base64Encode(utf8Encode(text)), encoded);
      equal(utf8Decode(base64Decode(encoded)), text);
    });

  it("has + and / and every other character of the alphabet", () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    equal(hex(base64Decode(alphabet)).slice(0, 24), "00108310518720928b30d38f");
    equal(base64Encode(base64Decode(alphabet)), alphabet);
  });

  it("ignores bits that the padding leaves over", () => equal(utf8Decode(base64Decode("Zh==")), "f"));

  const refused: [text: string, code: string, part: string][] = [
    ["Zg", "ARGUMENT_LENGTH", "multiple of 4"],
    ["Zg=", "ARGUMENT_LENGTH", "this is 3"],
    ["Zg==\n", "ARGUMENT_LENGTH", "this is 5"],
    ["Zg-_", "ARGUMENT_CHARACTER", "character 3"],
    ["Z g=", "ARGUMENT_CHARACTER", "character 2"],
    ["Zg==Zg==", "ARGUMENT_CHARACTER", "character 3"],
    ["Z===", "ARGUMENT_CHARACTER", "character 2"],
    ["====", "ARGUMENT_CHARACTER", "character 1"],
    ["Zgé=", "ARGUMENT_CHARACTER", "character 3"],
  ];
  for (const [text, code, part] of refused)
    it(`refuses ${JSON.stringify(text)}`, () => {
      const error = thrown(() => base64Decode(text, "key"));
      equal(error instanceof ArgumentError, true);
      equal(error.code, code);
      equal(error.argument, "key");
      equal(error.message.includes(part), true, error.message);
    });

  it("keeps a secret out of the error", () => {
    const error = thrown(() => base64Decode("Zg-_", "key", true));
    equal(error.message.includes("Zg-_"), false);
    equal(error.value, "a secret");
  });
});

/** Every helper refuses a bad argument by its name, and repeats no secret. */
function refuses<O extends object>(helper: (options: O) => unknown, good: O, cases: [name: keyof O & string, value: unknown, code: string][]): void {
  for (const [name, value, code] of cases)
    it(`refuses ${name} ${typeof value === "string" && value.length > 20 ? `of ${value.length} characters` : JSON.stringify(value) ?? "undefined"}`, () => {
      const error = thrown(() => helper({ ...good, [name]: value }));
      equal(error instanceof ArgumentError, true, String(error));
      equal(error.argument, name);
      equal(error.code, code, error.message);
      if (/secret|key$|token/i.test(name) && name !== "productKey" && typeof value === "string" && value !== "")
        equal(error.message.includes(value) || error.value === value, false, "the secret in the error");
    });
}

describe("clouds: Alibaba", () => {
  const device: AlibabaOptions = { productKey: "pk", deviceName: "device", deviceSecret: "secret" };

  it("as its documents' example has it", () => {
    // https://www.alibabacloud.com/help/doc-detail/73742.htm
    const { host, port, id, user, password } = alibaba({ ...device, clientId: "12345", timestamp: 789, signMethod: "hmacsha1" });
    equal(host, "pk.iot-as-mqtt.cn-shanghai.aliyuncs.com");
    equal(port, 1883);
    equal(id, "12345|securemode=3,signmethod=hmacsha1,timestamp=789|");
    equal(user, "device&pk");
    // The document prints it in capitals, and says that the case does not matter.
    equal(password.toUpperCase(), "FAFD82A3D602B37FB0FA8B7892F24A477F851A14");
  });

  it("the same with SHA-256", () =>
    equal(alibaba({ ...device, clientId: "12345", timestamp: 789 }).password, "6074a46a91b1ebb2cc4ea42790ad0e80202c9843859fc292e57c4eb19fad9e57"));

  it("without what may be left out", () => {
    const { id, password, keepAlive } = alibaba(device);
    equal(id, "pk.device|securemode=3,signmethod=hmacsha256|");
    equal(password, "b37eea641fa64792bc814a8dbde9fd0c10382605619b017f96e894993984f154");
    equal(keepAlive, 240_000);
  });

  it("in another region, on an instance of one's own, and encrypted", () => {
    equal(alibaba({ ...device, region: "ap-southeast-1" }).host, "pk.iot-as-mqtt.ap-southeast-1.aliyuncs.com");
    equal(alibaba({ ...device, instanceHost: "iot-1.mqtt.iothub.aliyuncs.com" }).host, "iot-1.mqtt.iothub.aliyuncs.com");
    const encrypted = alibaba({ ...device, tls: true });
    equal(encrypted.id, "pk.device|securemode=2,signmethod=hmacsha256|");
    equal(encrypted.port, 1883);
    equal(encrypted.password, alibaba(device).password);
  });

  refuses(alibaba, device, [
    ["productKey", "", "ARGUMENT_LENGTH"], ["productKey", "p&k", "ARGUMENT_CHARACTER"], ["productKey", undefined, "ARGUMENT_TYPE"],
    ["deviceName", "a&b", "ARGUMENT_CHARACTER"], ["deviceName", 'a"b', "ARGUMENT_CHARACTER"], ["deviceName", "\ud800", "ARGUMENT_CHARACTER"],
    ["deviceSecret", "", "ARGUMENT_LENGTH"], ["deviceSecret", "s3cr3t\n", "ARGUMENT_CHARACTER"], ["deviceSecret", 5, "ARGUMENT_TYPE"],
    ["clientId", "a|b", "ARGUMENT_CHARACTER"], ["clientId", "x".repeat(65), "ARGUMENT_LENGTH"],
    ["timestamp", -1, "ARGUMENT_RANGE"], ["timestamp", 1.5, "ARGUMENT_RANGE"], ["timestamp", "789", "ARGUMENT_TYPE"],
    ["signMethod", "hmacmd5", "ARGUMENT_RANGE"], ["region", "cn shanghai", "ARGUMENT_CHARACTER"], ["instanceHost", "", "ARGUMENT_LENGTH"],
    ["port", 0, "ARGUMENT_RANGE"], ["tls", "yes", "ARGUMENT_TYPE"],
    ["keepAlive", 29_000, "ARGUMENT_RANGE"], ["keepAlive", 1_201_000, "ARGUMENT_RANGE"],
  ]);
});

describe("clouds: Tencent", () => {
  const device: TencentOptions = {
    productId: "LD8S5J1L07", deviceName: "test", deviceSecret: "acyv3QDJrRa0fW5UE58KnQ==", connectionId: "qkvrc", expiry: 32_472_115_200,
  };

  it("as another implementation has it", () => {
    // The sample device and the log of https://gitee.com/openLuat/LuatOS/tree/master/olddemo/iotauth
    const { host, port, id, user, password, keepAlive } = tencent(device);
    equal(host, "LD8S5J1L07.iotcloud.tencentdevices.com");
    equal(port, 1883);
    equal(id, "LD8S5J1L07test");
    equal(user, "LD8S5J1L07test;12010126;qkvrc;32472115200");
    equal(password, "7f9b0fcd6eb78676f38272f7025948d8564ace5339a5b5c0e00d6339bba30c99;hmacsha256");
    equal(keepAlive, 240_000);
  });

  it("with SHA-1, encrypted, elsewhere", () => {
    equal(tencent({ ...device, signMethod: "hmacsha1" }).password, "5ebae9078ff8c3123a61e887fc1508fc42b58ab6;hmacsha1");
    const { host, port } = tencent({ ...device, tls: true, host: "us-east.example" });
    equal(host, "us-east.example");
    equal(port, 8883);
    equal(tencent({ ...device, tls: true, port: 9000 }).port, 9000);
  });

  refuses(tencent, device, [
    ["productId", "", "ARGUMENT_LENGTH"], ["productId", "LD;S", "ARGUMENT_CHARACTER"], ["deviceName", "a;b", "ARGUMENT_CHARACTER"],
    ["deviceSecret", "acyv3QDJrRa0fW5UE58KnQ", "ARGUMENT_LENGTH"], ["deviceSecret", "acyv3QDJrRa0fW5UE58Kn!==", "ARGUMENT_CHARACTER"],
    ["connectionId", "", "ARGUMENT_LENGTH"], ["connectionId", "a;b", "ARGUMENT_CHARACTER"], ["connectionId", undefined, "ARGUMENT_TYPE"],
    ["expiry", undefined, "ARGUMENT_TYPE"], ["expiry", 0, "ARGUMENT_RANGE"], ["expiry", 1.5, "ARGUMENT_RANGE"],
    ["signMethod", "hmacmd5", "ARGUMENT_RANGE"], ["keepAlive", 901_000, "ARGUMENT_RANGE"],
  ]);
});

describe("clouds: OneNET", () => {
  // The key and the time of the examples in https://onenet.hk.chinamobile.com/doc/mqtt/book/manual/auth/token.html, whose
  // printed signature is only a placeholder (27 characters). The signatures here were calculated with Python's hmac.
  const device: OneNETOptions = {
    productId: "123123", deviceName: "mydev", deviceKey: "KuF3NT/jUBJ62LNBB/A8XZA9CqS3Cu79B/ABmfA1UCw=", expiry: 1_537_255_523,
  };

  it("with SHA-256", () => {
    const { host, port, id, user, password, keepAlive } = onenet(device);
    equal(host, "mqtts.heclouds.com");
    equal(port, 1883);
    equal(id, "mydev");
    equal(user, "123123");
    equal(password, "version=2018-10-31&res=products%2F123123%2Fdevices%2Fmydev&et=1537255523&method=sha256&sign=dL9mxHdJXyd2TZcmTna60TMUei2dYU5W6iOow7fH%2F7w%3D");
    equal(keepAlive, 240_000);
  });

  it("with SHA-1", () =>
    equal(onenet({ ...device, method: "sha1" }).password, "version=2018-10-31&res=products%2F123123%2Fdevices%2Fmydev&et=1537255523&method=sha1&sign=p2Bv5QYrZolQCtt68923gtxRCVk%3D"));

  it("escapes what the document lists, and nothing of the signed text", () => {
    const { id, password } = onenet({ ...device, deviceName: "a+b ?%#&=é" });
    equal(id, "a+b ?%#&=é");
    equal(password.split("&")[1], "res=products%2F123123%2Fdevices%2Fa%2Bb%20%3F%25%23%26%3D%C3%A9");
  });

  it("encrypted, or elsewhere", () => {
    const { host, port } = onenet({ ...device, tls: true });
    equal(host, "mqttstls.heclouds.com");
    equal(port, 8883);
    equal(onenet({ ...device, host: "studio-mqtt.heclouds.com" }).host, "studio-mqtt.heclouds.com");
  });

  refuses(onenet, device, [
    ["productId", "1/2", "ARGUMENT_CHARACTER"], ["deviceName", "", "ARGUMENT_LENGTH"], ["deviceName", "a/b", "ARGUMENT_CHARACTER"],
    ["deviceKey", "KuF3NT/jUBJ62LNBB", "ARGUMENT_LENGTH"], ["deviceKey", "KuF3NT_jUBJ62LNB", "ARGUMENT_CHARACTER"], ["deviceKey", undefined, "ARGUMENT_TYPE"],
    ["expiry", "1537255523", "ARGUMENT_TYPE"], ["expiry", -1, "ARGUMENT_RANGE"],
    ["method", "md5", "ARGUMENT_RANGE"], ["keepAlive", 9_000, "ARGUMENT_RANGE"], ["keepAlive", 1_801_000, "ARGUMENT_RANGE"],
  ]);
});

describe("clouds: CTWing", () => {
  // S4, chapter 2.1
  const device: CTWingOptions = { deviceId: "1701491811", productId: "15312630", token: "LB-LoWsiCJI1txEujy4ZQLbbmssx2G5YdkMAUYv5yVo" };

  it("as the NM28's guide has it", () => {
    const { host, port, id, user, password, keepAlive } = ctwing(device);
    equal(host, "mqtt.ctwing.cn");
    equal(port, 1883);
    equal(id, "1701491811");
    equal(user, "15312630");
    equal(password, "LB-LoWsiCJI1txEujy4ZQLbbmssx2G5YdkMAUYv5yVo");
    equal(keepAlive, 240_000);
  });

  it("encrypted", () => equal(ctwing({ ...device, tls: true }).port, 8883));

  refuses(ctwing, device, [
    ["deviceId", "", "ARGUMENT_LENGTH"], ["deviceId", 1701491811, "ARGUMENT_TYPE"], ["productId", undefined, "ARGUMENT_TYPE"],
    ["token", 'tok"en', "ARGUMENT_CHARACTER"], ["token", "", "ARGUMENT_LENGTH"], ["token", "t".repeat(257), "ARGUMENT_LENGTH"],
    ["keepAlive", -1, "ARGUMENT_RANGE"],
  ]);
});
