/* A pseudo-terminal for the tests of serial.c, and its other end. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "host.h"

static int master = -1;

static void terminal(xsMachine* the)
{
	if (master >= 0) close(master);
	master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) || unlockpt(master)) xsUnknownError("no pseudo-terminal");
	fcntl(master, F_SETFL, O_NONBLOCK);
	xsmcSetString(xsResult, ptsname(master));
}

static void say(xsMachine* the)
{
	void* data;
	xsUnsignedValue size;
	xsmcGetBufferReadable(xsArg(0), &data, &size);
	if (write(master, data, size) != (ssize_t)size) xsUnknownError("the terminal is full");
}

static void heard(xsMachine* the)
{
	char bytes[4096];
	ssize_t count = read(master, bytes, sizeof(bytes));
	xsmcSetArrayBuffer(xsResult, bytes, count > 0 ? count : 0);
}

void hostGiveTerminal(xsMachine* machine)
{
	static const struct { const char* name; xsCallback callback; } functions[] = { { "terminal", terminal }, { "say", say }, { "heard", heard } };
	xsBeginHost(machine);
	xsmcVars(2);
	xsmcGet(xsVar(0), xsGlobal, xsID("host"));
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		xsVar(1) = xsNewHostFunction(functions[i].callback, 0);
		xsmcDefine(xsVar(0), xsID(functions[i].name), xsVar(1), xsDontSet | xsDontDelete);
	}
	xsEndHost(machine);
}
