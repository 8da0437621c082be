/*
 * The socket of the peer's measurement: a port of raw bytes with the words of the SDK's `embedded:io/socket/tcp`, whose
 * work is native there too. What is written goes nowhere.
 */
#include <string.h>
#include "host.h"

#define MOST 1024
/** Bytes that a write leaves free, so that it never has to wait. */
#define ROOM 1440

static uint8_t bytes[MOST];
static xsUnsignedValue at, end;

/** wireFill(buffer): what waits to be read from now on */
static void fill(xsMachine* the)
{
	void* data;
	xsmcGetBufferReadable(xsArg(0), &data, &end);
	if (end > MOST) xsRangeError("too long");
	memcpy(bytes, data, end);
	at = 0;
}

/** read([count or buffer]): in the format "number" the next byte */
static void readWire(xsMachine* the)
{
	void* data;
	xsUnsignedValue size = end - at;
	if (size == 0) return;
	xsmcVars(1);
	xsmcGet(xsVar(0), xsThis, xsID("format"));
	if (!strcmp(xsmcToString(xsVar(0)), "number")) {
		xsmcSetInteger(xsResult, bytes[at++]);
		return;
	}
	if (xsmcArgc > 0 && xsmcTypeOf(xsArg(0)) == xsReferenceType) {
		xsUnsignedValue room;
		xsmcGetBufferWritable(xsArg(0), &data, &room);
		if (size > room) size = room;
		memcpy(data, bytes + at, size);
		xsmcSetInteger(xsResult, size);
	}
	else {
		if (xsmcArgc > 0 && (xsUnsignedValue)xsmcToInteger(xsArg(0)) < size) size = xsmcToInteger(xsArg(0));
		xsmcSetArrayBuffer(xsResult, bytes + at, size);
	}
	at += size;
}

static void writeWire(xsMachine* the)
{
	void* data;
	xsUnsignedValue size;
	xsmcGetBufferReadable(xsArg(0), &data, &size);
	xsmcSetInteger(xsResult, ROOM);
}

void hostGiveWire(xsMachine* machine)
{
	static const struct { const char* name; xsCallback callback; } functions[] = { { "wireFill", fill }, { "wireRead", readWire }, { "wireWrite", writeWire } };
	xsBeginHost(machine);
	xsmcVars(2);
	xsmcGet(xsVar(0), xsGlobal, xsID("host"));
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		xsVar(1) = xsNewHostFunction(functions[i].callback, 0);
		xsmcDefine(xsVar(0), xsID(functions[i].name), xsVar(1), xsDontSet | xsDontDelete);
	}
	xsEndHost(machine);
}
