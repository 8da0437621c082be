/*
 * The host's outer half: what scripts are given, and the program.
 *
 *   xs-host [--modules FOLDER] [--preload NAME]… [--heap SLOTS[,MORE]] [--chunk BYTES[,MORE]] [--stack SLOTS]
 *           [--check] [--sizes] MAIN [ARGUMENT]…
 *
 * MAIN is a module's name, or its absolute path without .js. Without --heap and the like the machine is so large that
 * it never collects. Exit status: 0, 1 (exception), 3 (--check found something), 70 (the engine gave up).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>
#include "host.h"

#define TIMERS 64
#define PORTS 4
#define FIFO 128
/** `onWritable` comes when fewer bytes than this are left in the transmit FIFO. */
#define NEARLY_EMPTY 10

typedef struct { int used, set; int64_t due; xsSlot callback; } Timer;
typedef struct { int used, fd, waiting, leaving, told, tellWritable; uint8_t receive[FIFO], transmit[FIFO]; xsSlot onReadable, onWritable, onError; } Port;

static Timer timers[TIMERS];
static Port ports[PORTS];
static char** arguments;
static int argumentCount;
static int32_t collections;
static int failed, ended;

static int64_t microseconds(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* ---- console, counters */

static void hostTrace(xsMachine* the)
{
	for (int i = 0; i < xsmcToInteger(xsArgc); i++) fputs(xsmcToString(xsArg(i)), stdout);
	fflush(stdout);
}

static void hostArgument(xsMachine* the)
{
	int index = xsmcToInteger(xsArg(0));
	if (index < argumentCount) xsmcSetString(xsResult, arguments[index]);
}

static void hostExit(xsMachine* the)
{
	ended = 1;
	failed = xsmcToInteger(xsArg(0));
}

/** count(buffer): slots, chunk bytes, metered units, collections as four 32-bit integers. Allocates nothing. */
static void hostCountInto(xsMachine* the)
{
	void* data;
	xsUnsignedValue size;
	int32_t counts[4];
	xsmcGetBufferWritable(xsArg(0), &data, &size);
	if (size < sizeof(counts)) xsRangeError("count: 16 bytes are needed");
	hostCount(the, counts);
	counts[3] = collections;
	memcpy(data, counts, sizeof(counts));
}

/** nameAllocations(true): from now on prints who allocates */
static void hostNameAllocations(xsMachine* the)
{
	hostNamesAllocations = xsmcToBoolean(xsArg(0));
}

static void hostCollect(xsMachine* the)
{
	xsCollectGarbage();
}

static void hostNow(xsMachine* the)
{
	xsmcSetInteger(xsResult, (int32_t)(microseconds() / 1000));
}

/* ---- timers: timer(callback) makes one; set(timer, milliseconds), clear(timer), free(timer) */

static void hostTimer(xsMachine* the)
{
	for (int i = 0; i < TIMERS; i++) {
		if (timers[i].used) continue;
		timers[i] = (Timer){ .used = 1, .callback = xsArg(0) };
		xsRemember(timers[i].callback);
		xsmcSetInteger(xsResult, i);
		return;
	}
	xsUnknownError("too many timers");
}

static Timer* timerOf(xsMachine* the)
{
	uint32_t index = xsmcToInteger(xsArg(0));
	if (index >= TIMERS || !timers[index].used) xsUnknownError("no such timer");
	return timers + index;
}

static void hostSetTimer(xsMachine* the)
{
	Timer* timer = timerOf(the);
	timer->due = microseconds() + (int64_t)xsmcToInteger(xsArg(1)) * 1000;
	timer->set = 1;
}

static void hostClearTimer(xsMachine* the)
{
	timerOf(the)->set = 0;
}

static void hostFreeTimer(xsMachine* the)
{
	Timer* timer = timerOf(the);
	xsForget(timer->callback);
	timer->used = timer->set = 0;
}

/* ---- a UART as `embedded:io/serial` on ESP32 has it: two FIFOs of 128 bytes, and nothing behind them */

/** open(path, onReadable, onWritable, onError): the path of a terminal, or a file descriptor's number */
static void hostOpen(xsMachine* the)
{
	struct termios mode;
	char* path = xsmcToString(xsArg(0));
	int index = 0, fd = path[0] == '/' ? open(path, O_RDWR | O_NOCTTY | O_NONBLOCK) : atoi(path);
	Port* port = ports;
	if (fd < 0) xsUnknownError("cannot open: %s", strerror(errno));
	while (index < PORTS && ports[index].used) index++;
	if (index == PORTS) xsUnknownError("too many ports");
	port += index;
	if (!tcgetattr(fd, &mode)) {
		cfmakeraw(&mode);
		tcsetattr(fd, TCSANOW, &mode);
	}
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	*port = (Port){ .used = 1, .fd = fd, .tellWritable = 1, .onReadable = xsArg(1), .onWritable = xsArg(2), .onError = xsArg(3) };
	xsRemember(port->onReadable);
	xsRemember(port->onWritable);
	xsRemember(port->onError);
	xsmcSetInteger(xsResult, index);
}

static Port* portOf(xsMachine* the)
{
	uint32_t index = xsmcToInteger(xsArg(0));
	if (index >= PORTS || !ports[index].used) xsUnknownError("no such port");
	return ports + index;
}

/** read(port, buffer): how many bytes were moved, or undefined when none wait */
static void hostRead(xsMachine* the)
{
	Port* port = portOf(the);
	void* data;
	xsUnsignedValue size;
	xsmcGetBufferWritable(xsArg(1), &data, &size);
	if (port->waiting == 0) return;
	if (size > (xsUnsignedValue)port->waiting) size = port->waiting;
	memcpy(data, port->receive, size);
	port->waiting -= size;
	memmove(port->receive, port->receive + size, port->waiting);
	xsmcSetInteger(xsResult, size);
}

static void hostWrite(xsMachine* the)
{
	Port* port = portOf(the);
	void* data;
	xsUnsignedValue size;
	xsmcGetBufferReadable(xsArg(1), &data, &size);
	if (size > (xsUnsignedValue)(FIFO - port->leaving)) xsUnknownError("output full");
	memcpy(port->transmit + port->leaving, data, size);
	port->leaving += size;
	port->tellWritable = 1;
}

static void shut(xsMachine* the, Port* port)
{
	xsForget(port->onReadable);
	xsForget(port->onWritable);
	xsForget(port->onError);
	if (port->leaving > 0) (void)!write(port->fd, port->transmit, port->leaving);
	close(port->fd);
	port->used = 0;
}

static void hostClose(xsMachine* the)
{
	shut(the, portOf(the));
}

/* ---- the loop */

static void call(xsMachine* machine, xsSlot* function, int count)
{
	xsBeginHost(machine);
	xsTry {
		xsmcVars(2);
		xsVar(0) = *function;
		xsmcSetInteger(xsVar(1), count);
		(void)xsCallFunction1(xsVar(0), xsGlobal, xsVar(1));
	}
	xsCatch {
		hostReport(the);
		failed = ended = 1;
	}
	xsEndHost(machine);
	hostSettle(machine);
}

/** The other end has gone when a read says so; `told` keeps that from being said twice. */
static void exchange(xsMachine* the, Port* port)
{
	int count;
	if (port->leaving > 0 && (count = write(port->fd, port->transmit, port->leaving)) > 0) {
		port->leaving -= count;
		memmove(port->transmit, port->transmit + count, port->leaving);
	}
	if (port->waiting < FIFO) {
		count = read(port->fd, port->receive + port->waiting, FIFO - port->waiting);
		if (count > 0) port->waiting += count;
		else if ((count == 0 || errno != EAGAIN) && !port->told && port->waiting == 0) {
			port->told = 1;
			call(the, &port->onError, 0);
			return;
		}
	}
	if (port->waiting > 0) call(the, &port->onReadable, port->waiting);
	if (port->used && port->tellWritable && port->leaving < NEARLY_EMPTY) {
		port->tellWritable = 0;
		call(the, &port->onWritable, FIFO - port->leaving);
	}
}

static void loop(xsMachine* the)
{
	while (!ended) {
		struct pollfd waits[PORTS];
		int count = 0, busy = 0;
		int64_t now = microseconds(), next = INT64_MAX;
		for (int i = 0; i < TIMERS && !ended; i++) {
			if (!timers[i].used || !timers[i].set) continue;
			if (timers[i].due <= now) {
				timers[i].set = 0;
				call(the, &timers[i].callback, i);
				busy = 1;
			}
			else if (timers[i].due < next) next = timers[i].due;
		}
		for (int i = 0; i < PORTS && !ended; i++) if (ports[i].used && !ports[i].told) {
			exchange(the, ports + i);
			if (!ports[i].used || ports[i].told) continue;
			waits[count++] = (struct pollfd){ .fd = ports[i].fd, .events = (ports[i].waiting < FIFO ? POLLIN : 0) | (ports[i].leaving ? POLLOUT : 0) };
			if (ports[i].waiting > 0 || (ports[i].tellWritable && ports[i].leaving < NEARLY_EMPTY)) busy = 1;
		}
		if (busy) continue;
		if (next == INT64_MAX && count == 0) return;
		poll(waits, count, next == INT64_MAX ? -1 : next <= now ? 0 : (int)((next - now + 999) / 1000));
	}
}

/* ---- the program */

static const struct { const char* name; xsCallback callback; } functions[] = {
	{ "argument", hostArgument }, { "exit", hostExit }, { "count", hostCountInto }, { "nameAllocations", hostNameAllocations }, { "collect", hostCollect },
	{ "now", hostNow }, { "timer", hostTimer }, { "set", hostSetTimer }, { "clear", hostClearTimer }, { "free", hostFreeTimer },
	{ "open", hostOpen }, { "read", hostRead }, { "write", hostWrite }, { "close", hostClose },
};

/** What manifest.json names beside the JavaScript, as the SDK's linker would find it. */
extern void xs_modem_mqtt_copy(xsMachine* the);
extern void xs_modem_mqtt_hex(xsMachine* the);
extern void xs_modem_mqtt_same(xsMachine* the);
extern void xs_modem_mqtt_find(xsMachine* the);
static const struct { const char* name; xsCallback callback; } natives[] = {
	{ "xs_modem_mqtt_copy", xs_modem_mqtt_copy }, { "xs_modem_mqtt_hex", xs_modem_mqtt_hex }, { "xs_modem_mqtt_same", xs_modem_mqtt_same }, { "xs_modem_mqtt_find", xs_modem_mqtt_find },
};

/** native(name): what the SDK's compiler makes of this word ("XS in C", Native) */
static void hostNative(xsMachine* the)
{
	const char* name = xsmcToString(xsArg(0));
	for (size_t i = 0; i < sizeof(natives) / sizeof(natives[0]); i++)
		if (!strcmp(natives[i].name, name)) {
			xsResult = xsNewHostFunction(natives[i].callback, 0);
			return;
		}
	xsUnknownError("no native function %s", name);
}

static void giveFunctions(xsMachine* machine)
{
	xsBeginHost(machine);
	xsmcVars(2);
	xsVar(0) = xsNewObject();
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		xsVar(1) = xsNewHostFunction(functions[i].callback, 0);
		xsmcDefine(xsVar(0), xsID(functions[i].name), xsVar(1), xsDontSet | xsDontDelete);
	}
	xsmcDefine(xsGlobal, xsID("host"), xsVar(0), xsDontEnum);
	xsVar(1) = xsNewHostFunction(hostTrace, 1);
	xsmcDefine(xsGlobal, xsID("trace"), xsVar(1), xsDontEnum);
	xsVar(1) = xsNewHostFunction(hostNative, 1);
	xsmcDefine(xsGlobal, xsID("native"), xsVar(1), xsDontEnum);
	xsEndHost(machine);
}

/** A collection marks everything, and so this. */
static void onMark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	collections++;
}

static const xsHostHooks hooks = { NULL, onMark, NULL };

static void watchCollections(xsMachine* machine)
{
	xsBeginHost(machine);
	xsmcVars(1);
	xsVar(0) = xsNewHostObject(NULL);
	xsmcSetHostData(xsVar(0), &collections);
	xsSetHostHooks(xsVar(0), &hooks);
	xsmcDefine(xsGlobal, xsID("(collections)"), xsVar(0), xsDontEnum);
	xsEndHost(machine);
}

static void sizes(const char* text, xsIntegerValue* first, xsIntegerValue* more)
{
	char* rest;
	*first = strtol(text, &rest, 10);
	*more = *rest == ',' ? strtol(rest + 1, NULL, 10) : 0;
}

int main(int argc, char** argv)
{
	xsCreation creation = { 64 << 20, 1 << 20, 1 << 21, 1 << 16, 1 << 14, 4096, 1024, 1993, 127, 64 << 10, 1993, 0 };
	xsMachine *root, *machine;
	int checks = 0, i;
	root = hostRoot();
	giveFunctions(root);
	for (i = 1; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--check")) checks = 1;
		else if (!strcmp(argv[i], "--sizes")) hostShowsSizes = 1;
		else if (i + 1 == argc) break;
		else if (!strcmp(argv[i], "--modules")) hostModules = argv[++i];
		else if (!strcmp(argv[i], "--preload")) {
			if (!hostImport(root, argv[++i])) return 1;
		}
		else if (!strcmp(argv[i], "--heap")) sizes(argv[++i], &creation.initialHeapCount, &creation.incrementalHeapCount);
		else if (!strcmp(argv[i], "--chunk")) sizes(argv[++i], &creation.initialChunkSize, &creation.incrementalChunkSize);
		else if (!strcmp(argv[i], "--stack")) creation.stackCount = atoi(argv[++i]);
		else break;
	}
	hostPreload(root);
	if (checks && hostCheckPreloaded(root) > 0) failed = 3;
	if (i == argc) {
		if (!checks && !hostShowsSizes) fprintf(stderr, "xs: which module?\n");
		return checks || hostShowsSizes ? failed : 2;
	}
	hostShowsSizes = 0;
	machine = xsCloneMachine(&creation, root, "main", NULL);
	watchCollections(machine);
	arguments = argv + i + 1;
	argumentCount = argc - i - 1;
	if (!hostImport(machine, argv[i])) return 1;
	loop(machine);
	fflush(stdout);
	return failed;
}
