/*
 * `embedded:io/serial` as Moddable SDK 8.2 has it on ESP32 (modules/io/serial/esp32), over a terminal: two FIFOs of the
 * UART's hardware and nothing behind them. `device` stands for the pins; of the formats there is "buffer" alone.
 *
 * Time passes for the UART while scripts run, in metered units, so that a slow script loses the same bytes on every
 * machine. Between two callbacks no time passes: what is in the terminal arrives until the UART interrupts.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "host.h"

#define FIFO 128
/**
 * Bytes in the receive FIFO that interrupt at once: the register's reset value, which the SDK leaves as it is. Fewer do when the
 * line has been idle. So there is room for 32 more when the app is called first.
 */
#define NEARLY_FULL 96
/** `onWritable` comes when fewer bytes than this are left in the transmit FIFO. */
#define NEARLY_EMPTY 10

typedef struct Serial Serial;

struct Serial {
	xsSlot object;
	xsSlot *onReadable, *onWritable;
	int fd, baud;
	int waiting, leaving;
	uint8_t receive[FIFO], transmit[FIFO];
	/** Bytes have arrived that no callback was told of. */
	int arrived;
	int tellWritable;
	int inside, gone;
	/** Until when time has passed, and a byte's fraction that is on the line. */
	uint32_t since;
	double fraction;
	Serial* next;
};

static Serial* serials;
uint32_t hostSpeed = 1150;
int hostLost;

/** Takes up to `count` bytes from the terminal. What finds no room is lost, and nobody is told. */
static int receive(Serial* serial, int count)
{
	uint8_t bytes[256];
	int total = 0;
	while (total < count && !serial->gone) {
		int some = count - total < (int)sizeof(bytes) ? count - total : (int)sizeof(bytes);
		int got = read(serial->fd, bytes, some), room = FIFO - serial->waiting;
		if (got <= 0) {
			if (got == 0 || (errno != EAGAIN && errno != EINTR)) serial->gone = 1;
			break;
		}
		if (room > got) room = got;
		memcpy(serial->receive + serial->waiting, bytes, room);
		serial->waiting += room;
		hostLost += got - room;
		serial->arrived = 1;
		total += got;
	}
	return total;
}

static void transmit(Serial* serial, int count)
{
	int sent;
	if (count > serial->leaving) count = serial->leaving;
	if (count == 0 || (sent = write(serial->fd, serial->transmit, count)) <= 0) return;
	serial->leaving -= sent;
	memmove(serial->transmit, serial->transmit + sent, serial->leaving);
}

/** What has gone over the line while a script was running; a byte has ten bits there. */
static void pass(xsMachine* the, Serial* serial)
{
	uint32_t now = hostTime(the);
	double bytes = serial->fraction + (double)(now - serial->since) / hostSpeed * serial->baud / 10 / 1000;
	int whole = bytes < 1e6 ? (int)bytes : 1000000;
	serial->since = now;
	serial->fraction = bytes - (int)bytes;
	if (receive(serial, whole) < whole) serial->fraction = 0;
	transmit(serial, whole);
}

/* ---- the class */

static void destroy(void* data)
{
	Serial *serial = data, **link = &serials;
	if (!serial) return;
	while (*link != serial) link = &(*link)->next;
	*link = serial->next;
	transmit(serial, serial->leaving);
	close(serial->fd);
	free(serial);
}

static void mark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	Serial* serial = data;
	if (serial->onReadable) (*markRoot)(the, serial->onReadable);
	if (serial->onWritable) (*markRoot)(the, serial->onWritable);
}

static const xsHostHooks hooks = { destroy, mark, NULL };

static xsSlot* callback(xsMachine* the, const char* name)
{
	xsmcGet(xsVar(0), xsArg(0), xsID(name));
	return xsmcTypeOf(xsVar(0)) == xsUndefinedType ? NULL : xsToReference(xsVar(0));
}

static Serial* thisSerial(xsMachine* the)
{
	return xsmcGetHostDataValidate(xsThis, (void*)&hooks);
}

static void constructor(xsMachine* the)
{
	struct termios mode;
	Serial* serial;
	int baud, fd;
	xsmcVars(1);
	xsmcGet(xsVar(0), xsArg(0), xsID("baud"));
	baud = xsmcToInteger(xsVar(0));
	if (baud <= 0 || baud > 20000000) xsRangeError("invalid baud");
	xsmcGet(xsVar(0), xsArg(0), xsID("format"));
	if (xsmcTypeOf(xsVar(0)) != xsUndefinedType && strcmp(xsmcToString(xsVar(0)), "buffer")) xsRangeError("invalid format");
	xsmcGet(xsVar(0), xsArg(0), xsID("device"));
	fd = open(xsmcToString(xsVar(0)), O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) xsUnknownError("cannot open %s: %s", xsmcToString(xsVar(0)), strerror(errno));
	if (!tcgetattr(fd, &mode)) {
		cfmakeraw(&mode);
		tcsetattr(fd, TCSANOW, &mode);
	}
	xsmcGet(xsVar(0), xsFunction, xsID("prototype"));
	xsResult = xsNewHostInstance(xsVar(0));
	serial = malloc(sizeof(Serial));
	*serial = (Serial){ .object = xsResult, .fd = fd, .baud = baud, .next = serials };
	serials = serial;
	xsmcSetHostData(xsResult, serial);
	xsSetHostHooks(xsResult, &hooks);
	xsmcGet(xsVar(0), xsArg(0), xsID("target"));
	if (xsmcTypeOf(xsVar(0)) != xsUndefinedType) xsmcSet(xsResult, xsID("target"), xsVar(0));
	serial->onReadable = callback(the, "onReadable");
	serial->onWritable = callback(the, "onWritable");
	serial->tellWritable = serial->onWritable != NULL;
	serial->since = hostTime(the);
	xsRemember(serial->object);
}

static void closeSerial(xsMachine* the)
{
	Serial* serial = xsmcGetHostData(xsThis);
	if (!serial) return;
	/* The device looks at what it has freed when the callback returns. */
	if (serial->inside) xsUnknownError("closed from its own callback");
	xsForget(serial->object);
	destroy(serial);
	xsmcSetHostData(xsThis, NULL);
	xsmcSetHostDestructor(xsThis, NULL);
}

static void readSerial(xsMachine* the)
{
	Serial* serial = thisSerial(the);
	uint8_t* data;
	int count;
	pass(the, serial);
	if (serial->waiting == 0) return;
	count = serial->waiting;
	if (xsmcArgc > 0 && xsmcTypeOf(xsArg(0)) == xsReferenceType) {
		xsUnsignedValue size;
		xsmcGetBufferWritable(xsArg(0), (void**)&data, &size);
		if (size < (xsUnsignedValue)count) count = size;
		if (count == 0) xsUnknownError("invalid");
		xsmcSetInteger(xsResult, count);
	}
	else {
		/* A number is not held against what there is: more than that is read from an empty FIFO. */
		int wanted = xsmcArgc > 0 ? xsmcToInteger(xsArg(0)) : count;
		if (wanted <= 0) xsUnknownError("invalid");
		data = xsmcSetArrayBuffer(xsResult, NULL, wanted);
		if (wanted < count) count = wanted;
	}
	memcpy(data, serial->receive, count);
	serial->waiting -= count;
	memmove(serial->receive, serial->receive + count, serial->waiting);
}

static void writeSerial(xsMachine* the)
{
	Serial* serial = thisSerial(the);
	void* data;
	xsUnsignedValue size;
	pass(the, serial);
	xsmcGetBufferReadable(xsArg(0), &data, &size);
	if (size > (xsUnsignedValue)(FIFO - serial->leaving)) xsUnknownError("output full");
	memcpy(serial->transmit + serial->leaving, data, size);
	serial->leaving += size;
	serial->tellWritable = serial->onWritable != NULL;
}

void hostGiveSerial(xsMachine* machine)
{
	static const struct { const char* name; xsCallback callback; int length; } methods[] = {
		{ "read", readSerial, 1 }, { "write", writeSerial, 1 }, { "close", closeSerial, 0 },
	};
	xsBeginHost(machine);
	xsmcVars(3);
	xsVar(0) = xsNewHostObject(destroy);
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		xsVar(1) = xsNewHostFunction(methods[i].callback, methods[i].length);
		xsmcDefine(xsVar(0), xsID(methods[i].name), xsVar(1), xsDontEnum);
	}
	xsVar(1) = xsNewHostConstructor(constructor, 1, xsVar(0));
	xsmcGet(xsVar(2), xsGlobal, xsID("host"));
	xsmcDefine(xsVar(2), xsID("Serial"), xsVar(1), xsDontSet | xsDontDelete);
	xsEndHost(machine);
}

/* ---- its part of the loop */

/** Calls one of its callbacks, during which it must not be closed. */
static void tell(xsMachine* the, Serial* serial, xsSlot* function, int count)
{
	xsSlot reference;
	serial->since = hostTime(the);
	serial->fraction = 0;
	serial->inside = 1;
	reference = xsReference(function);
	hostCall(the, &reference, &serial->object, count);
	serial->inside = 0;
	pass(the, serial);
}

/** Lets bytes go both ways until the UART interrupts, and delivers that. Returns whether anything happened. */
int hostServeSerials(xsMachine* the)
{
	int busy = 0;
	for (Serial *serial = serials, *next; serial; serial = next) {
		transmit(serial, FIFO);
		if (serial->waiting < NEARLY_FULL) receive(serial, NEARLY_FULL - serial->waiting);
		if (serial->onReadable && (serial->arrived || serial->waiting >= NEARLY_FULL) && serial->waiting > 0) {
			serial->arrived = 0;
			tell(the, serial, serial->onReadable, serial->waiting);
			busy = 1;
		}
		if (serial->tellWritable && serial->leaving < NEARLY_EMPTY) {
			serial->tellWritable = 0;
			tell(the, serial, serial->onWritable, FIFO - serial->leaving);
			busy = 1;
		}
		next = serial->next;
	}
	return busy;
}

int hostWaitForSerials(struct pollfd* waits, int most)
{
	int count = 0;
	for (Serial* serial = serials; serial && count < most; serial = serial->next)
		if (!serial->gone) waits[count++] = (struct pollfd){ .fd = serial->fd, .events = (serial->waiting < NEARLY_FULL ? POLLIN : 0) | (serial->leaving ? POLLOUT : 0) };
	return count;
}
