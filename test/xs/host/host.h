/* The two halves of the host: engine.c knows XS from the inside, host.c from the outside. */
#include "xsmc.h"

/** Where modules are looked for: `NAME` is `<folder>/NAME.js`. */
extern const char* hostModules;
/** Prints the size of each module's bytecode when it is loaded. */
extern int hostShowsSizes;

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

/** slots in use or awaiting collection, chunk bytes, metered units */
void hostCount(xsMachine* the, int32_t counts[3]);

/** While set, allocations are printed with the functions that make them. */
extern int hostNamesAllocations;
