/*
 * The host's outer half: what scripts are given, and the program.
 *
 *   xs-host [--modules FOLDER]… [--preload NAME]… [--heap SLOTS[,MORE]] [--chunk BYTES[,MORE]] [--stack SLOTS]
 *           [--speed UNITS] [--check] [--sizes] [--stats] MAIN [ARGUMENT]…
 *
 * Without --heap and the like the machine is so large that it never collects. --speed is how much metered work a
 * millisecond of the UART's time stands for (serial.c). --sizes prints what each preloaded module adds to flash: slots,
 * bytes of code, bytes of names, strings and buffers. --stats prints at the end what was collected and lost; SIGTERM ends.
 * Exit status: 0, 1 (exception), 3 (--check found something), 70 (the engine gave up).
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "host.h"

#define TIMERS 64
#define SERIALS 4
typedef struct { int used, set; int64_t due; xsSlot callback; } Timer;

static Timer timers[TIMERS];
static char** arguments;
static int argumentCount;
int32_t hostCollections;
static volatile sig_atomic_t ended;
static int failed;

static int64_t microseconds(void)
{
#ifdef __riscv
	return hostInstructions() / 160;
#else
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
#endif
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
	counts[3] = hostCollections;
	memcpy(data, counts, sizeof(counts));
}

/** instrument(index): as the SDK's instrumentation; collections are counted from the beginning, not by the second */
static void hostInstrument(xsMachine* the)
{
	int32_t counts[3], index = xsmcToInteger(xsArg(0));
	hostCount(the, counts);
	xsmcSetInteger(xsResult, index == 0 ? counts[0] * hostSlotSize : index == 1 ? counts[1] : hostCollections);
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

/** paintStacks(), stackDepths(buffer): slots of scripts' stack and bytes of C's that were used since, as 32-bit integers */
static void hostPaint(xsMachine* the)
{
	hostPaintStacks(the);
}

static void hostDepths(xsMachine* the)
{
	void* data;
	xsUnsignedValue size;
	int32_t depths[2];
	xsmcGetBufferWritable(xsArg(0), &data, &size);
	if (size < sizeof(depths)) xsRangeError("stackDepths: 8 bytes are needed");
	hostStackDepths(the, depths);
	memcpy(data, depths, sizeof(depths));
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

/** has(name), importNow(name): what the SDK's module `modules` is made of */
static void hostHas(xsMachine* the)
{
	char name[256];
	xsmcToStringBuffer(xsArg(0), name, sizeof(name));
	xsmcSetBoolean(xsResult, hostHasModule(name)); /* XS_IMPORT_PREFLIGHT finds every name here, for names are not looked up before they are loaded */
}

static void hostImportNow(xsMachine* the)
{
	char name[256];
	xsmcToStringBuffer(xsArg(0), name, sizeof(name));
	xsResult = xsAwaitImport(name, XS_IMPORT_DEFAULT);
}

/* ---- the loop */

void hostCall(xsMachine* machine, xsSlot* function, xsSlot* self, int count)
{
	xsBeginHost(machine);
	xsTry {
		xsmcVars(3);
		xsVar(0) = *function;
		xsVar(1) = self ? *self : xsGlobal;
		xsmcSetInteger(xsVar(2), count);
		(void)xsCallFunction1(xsVar(0), xsVar(1), xsVar(2));
	}
	xsCatch {
		hostReport(the);
		failed = ended = 1;
	}
	xsEndHost(machine);
	hostSettle(machine);
}

static void loop(xsMachine* the)
{
	while (!ended) {
		struct pollfd waits[SERIALS];
		int count, busy = 0;
		int64_t now = microseconds(), next = INT64_MAX;
		for (int i = 0; i < TIMERS && !ended; i++) {
			if (!timers[i].used || !timers[i].set) continue;
			if (timers[i].due <= now) {
				timers[i].set = 0;
				hostCall(the, &timers[i].callback, NULL, i);
				busy = 1;
			}
			else if (timers[i].due < next) next = timers[i].due;
		}
		if (ended) return;
		if (hostServeSerials(the)) busy = 1;
		if (busy) continue;
		count = hostWaitForSerials(waits, SERIALS);
		if (next == INT64_MAX && count == 0) return;
		poll(waits, count, next == INT64_MAX ? -1 : next <= now ? 0 : (int)((next - now + 999) / 1000));
	}
}

static void onTerminate(int signal)
{
	ended = 1;
}

/* ---- the program */

static const struct { const char* name; xsCallback callback; } functions[] = {
	{ "argument", hostArgument }, { "exit", hostExit }, { "count", hostCountInto }, { "nameAllocations", hostNameAllocations }, { "collect", hostCollect },
	{ "paintStacks", hostPaint }, { "stackDepths", hostDepths },
	{ "now", hostNow }, { "timer", hostTimer }, { "set", hostSetTimer }, { "clear", hostClearTimer }, { "free", hostFreeTimer },
	{ "instrument", hostInstrument }, { "has", hostHas }, { "importNow", hostImportNow },
};

/** What manifest.json names beside the JavaScript, as the SDK's linker would find it. */
#define EACH_NATIVE(DO) DO(xs_modem_mqtt_copy) DO(xs_modem_mqtt_hex) DO(xs_modem_mqtt_same) DO(xs_modem_mqtt_find) DO(xs_modem_mqtt_encode) DO(xs_modem_mqtt_decode) DO(xs_modem_mqtt_name) DO(xs_modem_mqtt_fields) DO(xs_modem_mqtt_upTo)
#define DECLARE(NAME) extern void NAME(xsMachine* the);
#define NAMED(NAME) { #NAME, NAME },
EACH_NATIVE(DECLARE)
static const struct { const char* name; xsCallback callback; } natives[] = { EACH_NATIVE(NAMED) };

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
	hostCollections++;
}

static const xsHostHooks hooks = { NULL, onMark, NULL };

static void watchCollections(xsMachine* machine)
{
	xsBeginHost(machine);
	xsmcVars(1);
	xsVar(0) = xsNewHostObject(NULL);
	xsmcSetHostData(xsVar(0), &hostCollections);
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
	int checks = 0, shows = 0, stats = 0, i;
	root = hostRoot();
	giveFunctions(root);
	hostGiveSerial(root);
	hostGiveTerminal(root);
	hostGiveWire(root);
	hostGiveTcp(root);
	for (i = 1; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--check")) checks = 1;
		else if (!strcmp(argv[i], "--sizes")) shows = 1;
		else if (!strcmp(argv[i], "--stats")) stats = 1;
		else if (i + 1 == argc) break;
		else if (!strcmp(argv[i], "--modules") && hostFolderCount < FOLDERS) hostFolders[hostFolderCount++] = argv[++i];
		else if (!strcmp(argv[i], "--speed")) hostSpeed = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--preload")) {
			int32_t before[3], after[3];
			if (shows) hostKept(root, before);
			if (!hostImport(root, argv[++i])) return 1;
			if (!shows) continue;
			hostKept(root, after);
			printf("kept %s %d %d %d\n", argv[i], after[0] - before[0], after[1] - before[1], after[2] - before[2]);
		}
		else if (!strcmp(argv[i], "--heap")) sizes(argv[++i], &creation.initialHeapCount, &creation.incrementalHeapCount);
		else if (!strcmp(argv[i], "--chunk")) sizes(argv[++i], &creation.initialChunkSize, &creation.incrementalChunkSize);
		else if (!strcmp(argv[i], "--stack")) creation.stackCount = atoi(argv[++i]);
		else break;
	}
	hostPreload(root);
	if (checks && hostCheckPreloaded(root) > 0) failed = 3;
	if (i == argc) {
		if (!checks && !shows) fprintf(stderr, "xs: which module?\n");
		return checks || shows ? failed : 2;
	}
	machine = xsCloneMachine(&creation, root, "main", NULL);
	watchCollections(machine);
	arguments = argv + i + 1;
	argumentCount = argc - i - 1;
	signal(SIGTERM, onTerminate);
	if (!hostImport(machine, argv[i])) return 1;
	loop(machine);
	fflush(stdout);
	if (stats) {
		int32_t counts[3];
		hostCount(machine, counts);
		fprintf(stderr, "stats: %d slots, %d chunk bytes, %d collections, %d bytes lost\n", counts[0], counts[1], hostCollections, hostLost);
	}
	return failed;
}
