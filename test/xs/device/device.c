/*
 * The host's parts on bare metal (RV32IMC, an ESP32-C3's instruction set, under QEMU): the clock is the number of
 * instructions that were executed. Files are read through QEMU's semihosting. There is no terminal and no socket.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include "host.h"

/** Instructions in a second: those of a C3 at 160 MHz if each took one cycle. Only the bench's timers use it. */
#define FREQUENCY 160000000ull

uint64_t hostInstructions(void)
{
	uint32_t high, low, again;
	do {
		__asm__ volatile(
			".option push\n.option arch, +zicsr\n"
			"csrr %0, instreth\ncsrr %1, instret\ncsrr %2, instreth\n"
			".option pop" : "=r"(high), "=r"(low), "=r"(again));
	} while (high != again);
	return (uint64_t)high << 32 | low;
}

int gettimeofday(struct timeval* time, void* zone)
{
	uint64_t now = hostInstructions();
	time->tv_sec = now / FREQUENCY;
	time->tv_usec = (now % FREQUENCY) * 1000000ull / FREQUENCY;
	return 0;
}

int poll(struct pollfd* waits, unsigned count, int timeout)
{
	return 0;
}

uint32_t hostSpeed = FREQUENCY / 1000;
int hostLost;
void hostGiveSerial(xsMachine* machine) {}
void hostGiveTerminal(xsMachine* machine) {}
void hostGiveTcp(xsMachine* machine) {}
int hostServeSerials(xsMachine* the) { return 0; }
int hostWaitForSerials(struct pollfd* waits, int most) { return 0; }

/* ---- the program */

extern int hostMain(int argc, char** argv);

/** QEMU's command line has little room: `@FILE` is a file with an argument a line. */
int main(int argc, char** argv)
{
	static char* arguments[512];
	static char text[64 << 10];
	FILE* file;
	int count = 0, status;
	char* name = argv[argc - 1];
	if (name[0] != '@' || !(file = fopen(name + 1, "r"))) {
		fprintf(stderr, "xs: %s is no file of arguments\n", name);
		return 2;
	}
	text[fread(text, 1, sizeof(text) - 1, file)] = 0;
	fclose(file);
	arguments[count++] = argv[0];
	for (char* line = strtok(text, "\n"); line && count < 511; line = strtok(NULL, "\n")) arguments[count++] = line;
	status = hostMain(count, arguments);
	fflush(stdout);
	fflush(stderr);
	_Exit(status);
}
