/* The parts of the host: engine.c knows XS from the inside, host.c and serial.c from the outside. */
#include <poll.h>
#include "xsmc.h"

/** Where modules are looked for, in this order: `NAME` is `<folder>/NAME.js`, and a colon in it a slash. */
#define FOLDERS 4
extern const char* hostFolders[FOLDERS];
/* Whether one of the folders has that module. */
extern int hostHasModule(const char* key);
extern int hostFolderCount;

/** Makes a machine of so many slots and bytes that it never collects, for what a device has in flash. */
xsMachine* hostRoot(void);
/** Freezes what the linker of the Moddable SDK freezes, and shares the machine. */
void hostPreload(xsMachine* root);
/** Names what of the preloaded modules stayed writable, as that linker does; returns how many. */
int hostCheckPreloaded(xsMachine* root);

/** Imports a module; 0 when it threw, which has been printed then. */
int hostImport(xsMachine* the, const char* name);
/** Runs promise jobs until there are none. */
void hostSettle(xsMachine* the);
/** Shows an exception, and its stack where it has one. */
void hostReport(xsMachine* the);

#ifdef __riscv
/** Instructions that were executed since the beginning (test/xs/device). */
uint64_t hostInstructions(void);
/** Bytes that the C stack may have: far from what malloc has taken. */
#define DEVICE_STACK (1 << 20)

#endif

/** slots in use or awaiting collection, chunk bytes, metered units (on bare metal: instructions) */
void hostCount(xsMachine* the, int32_t counts[3]);

/** What flash holds of a machine whose modules are preloaded: slots, bytes of code, bytes of names, strings and buffers. */
void hostKept(xsMachine* the, int32_t kept[3]);

/** Metered units, and one for each slot of the heap that a collection has looked at: how long scripts have taken. */
uint32_t hostTime(xsMachine* the);
extern int32_t hostCollections;
extern const int hostSlotSize;

/** From now on it is seen how deep the stacks become: in slots that of scripts, in bytes that of C where the host knows it. */
void hostPaintStacks(xsMachine* the);
void hostStackDepths(xsMachine* the, int32_t depths[2]);

/** Calls a function with a number, `self` (or NULL) as its `this`; what it throws ends the program. */
void hostCall(xsMachine* the, xsSlot* function, xsSlot* self, int count);

/** Gives `host.Serial`, the class of `embedded:io/serial`. */
void hostGiveSerial(xsMachine* machine);
/** Gives `host.terminal`, `say` and `heard`: the other end of one. */
void hostGiveTerminal(xsMachine* machine);
/** Gives `host.wireFill`, `wireRead` and `wireWrite`: the peer's socket. */
void hostGiveWire(xsMachine* machine);
/** Gives `host.tcpOpen`, `tcpRead`, `tcpWrite` and `tcpClose`. */
void hostGiveTcp(xsMachine* machine);
int hostServeSerials(xsMachine* the);
int hostWaitForSerials(struct pollfd* waits, int most);
/**
 * Metered units that a script does in a millisecond of the UART's time. 1150 unless told: an ESP32-C3 at 160 MHz and two cycles an
 * instruction, with 70 instructions a unit (`npm run bench:device` counts the instructions, `npm run bench:xs` the units).
 */
extern uint32_t hostSpeed;
/** Received bytes that found the FIFO full. */
extern int hostLost;

/** While set, allocations are printed with the functions that make them. */
extern int hostNamesAllocations;
