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

/** When the port was read last, and the longest time in which it was not, on hostTime. */
static uint32_t lastRead, longestGap;

static void noteRead(xsMachine* the)
{
	uint32_t now = hostTime(the);
	if (now - lastRead > longestGap) longestGap = now - lastRead;
	lastRead = now;
}

/** wireMark(): from now on the time without a read counts */
static void mark(xsMachine* the)
{
	longestGap = 0;
	lastRead = hostTime(the);
}

/** wireGap(): the longest time without a read since then */
static void gap(xsMachine* the)
{
	noteRead(the);
	xsmcSetInteger(xsResult, longestGap);
}

/* ---- a UART at the other end of which somebody talks without a pause */

#define FIFO 128
/** Bytes in the receive FIFO that interrupt: the register's reset value, which the SDK leaves as it is. */
#define NEARLY_FULL 96

static struct {
	int playing;
	const uint8_t* text;
	uint32_t length, total, next;
	/** Nanoseconds for a byte on the line, and for one of hostTime. */
	double byte, tick;
	/** Nanoseconds since the first bit when the script was called, and hostTime then. */
	double time;
	uint32_t called;
	uint8_t fifo[FIFO];
	uint32_t waiting, lost;
} line;

/** What has arrived until `time`. */
static void arrive(double time)
{
	uint32_t until = time >= line.byte * line.total ? line.total : (uint32_t)(time / line.byte);
	for (; line.next < until; line.next++)
		if (line.waiting < FIFO) line.fifo[line.waiting++] = line.text[line.next % line.length];
		else line.lost++;
}

static double present(xsMachine* the)
{
	return line.time + (hostTime(the) - line.called) * line.tick;
}

/** wirePlay(port, buffer, times, baud, picoseconds of one of hostTime): calls port.onReadable as the UART would; returns how many bytes were lost */
static void play(xsMachine* the)
{
	void* data;
	xsUnsignedValue size;
	double baud = xsmcToInteger(xsArg(3));
	xsmcGetBufferReadable(xsArg(1), &data, &size);
	if (size > MOST) xsRangeError("too long");
	memcpy(bytes, data, size);
	line.text = bytes;
	line.length = size;
	line.total = size * xsmcToInteger(xsArg(2));
	line.byte = 10e9 / baud;
	line.tick = xsmcToInteger(xsArg(4)) / 1000.0;
	line.next = line.waiting = line.lost = 0;
	line.time = 0;
	line.playing = 1;
	while (line.next < line.total || line.waiting > 0) {
		if (line.waiting < NEARLY_FULL && line.next < line.total) {
			uint32_t wanted = line.next + NEARLY_FULL - line.waiting;
			double due = line.byte * (wanted < line.total ? wanted : line.total);
			if (line.time < due) line.time = due;
			arrive(line.time + line.byte / 2);
		}
		line.called = hostTime(the);
		(void)xsCall1(xsArg(0), xsID("onReadable"), xsInteger(line.waiting));
		line.time = present(the);
		arrive(line.time);
	}
	line.playing = 0;
	xsmcSetInteger(xsResult, line.lost);
}

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
	noteRead(the);
	if (line.playing) {
		xsUnsignedValue room;
		arrive(present(the));
		if (line.waiting == 0) return;
		xsmcGetBufferWritable(xsArg(0), &data, &room);
		size = line.waiting < room ? line.waiting : room;
		memcpy(data, line.fifo, size);
		line.waiting -= size;
		memmove(line.fifo, line.fifo + size, line.waiting);
		xsmcSetInteger(xsResult, size);
		return;
	}
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
	static const struct { const char* name; xsCallback callback; } functions[] = { { "wireFill", fill }, { "wireRead", readWire }, { "wireWrite", writeWire }, { "wireMark", mark }, { "wireGap", gap }, { "wirePlay", play } };
	xsBeginHost(machine);
	xsmcVars(2);
	xsmcGet(xsVar(0), xsGlobal, xsID("host"));
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		xsVar(1) = xsNewHostFunction(functions[i].callback, 0);
		xsmcDefine(xsVar(0), xsID(functions[i].name), xsVar(1), xsDontSet | xsDontDelete);
	}
	xsEndHost(machine);
}
