/* The host's inner half: finding modules, preloading, counting. */
#include "xsAll.h"
#include "xsScript.h"
#include "host.h"

const char* hostFolders[FOLDERS];
int hostFolderCount = 0;
const int hostSlotSize = sizeof(txSlot);

/* ---- what the engine asks of its platform */

void fxAbort(txMachine* the, int status)
{
	static const char* const reasons[] = {
		"debugger", "memory full", "stack overflow", "fatal", "dead strip", "unhandled exception", "no more keys", "too much computation", "unhandled rejection",
	};
	int known = status >= 0 && status < (int)(sizeof(reasons) / sizeof(reasons[0]));
	fflush(stdout);
	fprintf(stderr, "xs: %s (status %d; %ld of %ld slots, %ld of %ld chunk bytes)\n", known ? reasons[status] : "abort", status,
		(long)the->currentHeapCount, (long)the->maximumHeapCount, (long)the->currentChunksSize, (long)the->maximumChunksSize);
	exit(70);
}

void fxQueuePromiseJobs(txMachine* the)
{
	the->promiseJobs = 1;
}

/* `./x` and `../x` are beside the importing module; any other name begins at the top. */
txID fxFindModule(txMachine* the, txSlot* realm, txID importer, txSlot* specifier)
{
	char name[C_PATH_MAX], path[2 * C_PATH_MAX];
	char* rest = name;
	fxToStringBuffer(the, specifier, name, sizeof(name));
	path[0] = 0;
	if (name[0] == '.') {
		char* slash;
		if (importer == XS_NO_ID) return XS_NO_ID;
		snprintf(path, C_PATH_MAX, "%s", fxGetKeyName(the, importer));
		slash = strrchr(path, '/');
		if (slash) *slash = 0; else path[0] = 0;
		for (;;) {
			if (!strncmp(rest, "./", 2)) rest += 2;
			else if (!strncmp(rest, "../", 3)) {
				rest += 3;
				slash = strrchr(path, '/');
				if (slash) *slash = 0; else path[0] = 0;
			}
			else break;
		}
		if (path[0]) strcat(path, "/");
	}
	/* As on a device: a module that only manifests name. */
	if (!strncmp(rest, "moddable:", 9)) rest += 9;
	strcat(path, rest);
	return fxNewNameC(the, path);
}

/* Opens a module's file, in the first of the folders that has it. `path`, of C_PATH_MAX bytes, is where it was looked for last. */
static FILE* openModule(const char* key, char* path)
{
	FILE* file = NULL;
	for (int i = 0; i < hostFolderCount && !file; i++) {
		char* rest = path + snprintf(path, C_PATH_MAX, "%s/", hostFolders[i]);
		snprintf(rest, C_PATH_MAX - (rest - path), "%s.js", key);
		while ((rest = strchr(rest, ':'))) *rest = '/';
		file = fopen(path, "r");
	}
	return file;
}

int hostHasModule(const char* key)
{
	char path[C_PATH_MAX];
	FILE* file = openModule(key, path);
	if (file) fclose(file);
	return file != NULL;
}

void fxLoadModule(txMachine* the, txSlot* module, txID id)
{
	char path[C_PATH_MAX];
	txParser parserRecord;
	txParser* parser = &parserRecord;
	txParserJump jump;
	txScript* script = NULL;
	txString name = NULL;
	txString key = fxGetKeyName(the, id);
	FILE* file = openModule(key, path);
	if (!file) {
		fprintf(stderr, "xs: there is no module %s (%s)\n", key, path);
		return;
	}
	fxInitializeParser(parser, the, the->parserBufferSize, the->parserTableModulo);
	parser->firstJump = &jump;
	if (c_setjmp(jump.jmp_buf) == 0) {
		parser->path = fxNewParserSymbol(parser, key);
		fxParserTree(parser, file, (txGetter)fgetc, 0, &name);
		fxParserHoist(parser);
		fxParserBind(parser);
		script = fxParserCode(parser);
	}
	fclose(file);
	fxTerminateParser(parser);
	if (!script) return;
	fxResolveModule(the, module, id, script, NULL, NULL);
}

static void onImported(txMachine* the)
{
	*(int*)the->context = 1;
}

static void onNotImported(txMachine* the)
{
	mxException = *mxArgv(0);
	hostReport(the);
	*(int*)the->context = 0;
}

void hostSettle(txMachine* the)
{
	while (the->promiseJobs) {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
	}
	fxEndJob(the);
}

int hostImport(txMachine* the, const char* name)
{
	int imported = -1;
	void* context = the->context;
	the->context = &imported;
	fxBeginHost(the);
	mxTry(the) {
		mxPushStringC((txString)name);
		fxRunImport(the, mxModuleInstanceInternal(mxProgram.value.reference)->value.module.realm, XS_NO_ID);
		mxDub();
		fxGetID(the, mxID(_then));
		mxCall();
		fxNewHostFunction(the, onImported, 1, XS_NO_ID, XS_NO_ID);
		fxNewHostFunction(the, onNotImported, 1, XS_NO_ID, XS_NO_ID);
		mxRunCount(2);
		mxPop();
	}
	mxCatch(the) hostReport(the);
	fxEndHost(the);
	hostSettle(the);
	the->context = context;
	if (imported < 0) fprintf(stderr, "xs: %s was not imported\n", name);
	return imported == 1;
}

void hostReport(txMachine* the)
{
	char text[4096];
	mxPush(mxException);
	if (mxIsReference(the->stack)) {
		txSlot* stack;
		mxDub();
		fxGetID(the, mxID(_stack));
		stack = the->stack;
		if (mxIsUndefined(stack)) mxPop();
	}
	fxToStringBuffer(the, the->stack, text, sizeof(text));
	fflush(stdout);
	fprintf(stderr, "%s\n", text);
	the->stack = the->stack + 1;
	mxException = mxUndefined;
}

/* ---- counting */

#ifdef __riscv
extern char __stack[];

/* Instructions are counted, those of a collection among them. */
static uint32_t work(txMachine* the)
{
	return (uint32_t)hostInstructions();
}

uint32_t hostTime(txMachine* the)
{
	return work(the);
}
#else
static uint32_t work(txMachine* the)
{
	return (uint32_t)the->meterIndex;
}

uint32_t hostTime(txMachine* the)
{
	return work(the) + (uint32_t)hostCollections * (uint32_t)the->maximumHeapCount;
}
#endif

void hostCount(txMachine* the, int32_t counts[3])
{
	counts[0] = the->currentHeapCount;
	counts[1] = the->currentChunksSize;
	counts[2] = (int32_t)work(the);
}

/* ---- how deep the stacks were */

#define PAINT 0xa5a5a5a5u

void hostPaintStacks(txMachine* the)
{
	for (uint32_t* word = (uint32_t*)the->stackBottom; word < (uint32_t*)(the->stack - 4); word++) *word = PAINT;
#ifdef __riscv
	for (uint32_t *word = (uint32_t*)(__stack - DEVICE_STACK), *end = (uint32_t*)((char*)__builtin_frame_address(0) - 512); word < end; word++) *word = PAINT;
#endif
}

/* Slots, and bytes of the C stack where that is known. */
void hostStackDepths(txMachine* the, int32_t depths[2])
{
	/* The engine's bottom end is scratch memory for numbers as text: from the top down, until many slots were not used. */
	txSlot *slot = the->stack, *used = slot;
	for (; slot > the->stackBottom && used - slot < 64; slot--)
		if (*(uint32_t*)slot != PAINT) used = slot;
	depths[0] = the->stackTop - used;
	depths[1] = 0;
#ifdef __riscv
	{
		uint32_t* word = (uint32_t*)(__stack - DEVICE_STACK);
		while (*word == PAINT) word++;
		depths[1] = __stack - (char*)word;
	}
#endif
}

static int isFunction(txSlot* internal)
{
	return internal->kind == XS_CALLBACK_KIND || internal->kind == XS_CALLBACK_X_KIND || internal->kind == XS_CODE_KIND || internal->kind == XS_CODE_X_KIND;
}

/*
 * Who allocates: while `hostNamesAllocations` is set, what the engine allocates on behalf of a script is printed with the
 * functions that are being called, innermost first. The linker puts these two in place of the engine's (--wrap).
 */
int hostNamesAllocations = 0;

#ifdef __riscv
/* 128 KB of a stack of one megabyte are kept free, as the engine does on Linux. */
char* __wrap_fxCStackLimit(void)
{
	return __stack - DEVICE_STACK + (128 << 10);
}
#else
extern txSlot* __real_fxNewSlot(txMachine* the);
extern void* __real_fxNewChunk(txMachine* the, txSize size);

static void nameAllocation(txMachine* the, const char* what, long size)
{
	int depth = 0;
	hostNamesAllocations = 0;
	printf("allocates %s %ld:", what, size);
	for (txSlot* frame = the->frame; frame && depth < 4; frame = frame->next, depth++) {
		txSlot* function = frame + 3;
		char name[128] = "";
		if (function->kind == XS_REFERENCE_KIND) {
			txSlot* internal = function->value.reference->next;
			txString key = internal && isFunction(internal) && internal->ID != XS_NO_ID ? fxGetKeyName(the, internal->ID) : NULL;
			if (key) snprintf(name, sizeof(name), "%s", key);
		}
		printf(" %s", name[0] ? name : "?");
	}
	printf("\n");
	hostNamesAllocations = 1;
}

txSlot* __wrap_fxNewSlot(txMachine* the)
{
	if (hostNamesAllocations) nameAllocation(the, "slot", 1);
	return __real_fxNewSlot(the);
}

void* __wrap_fxNewChunk(txMachine* the, txSize size)
{
	if (hostNamesAllocations) nameAllocation(the, "chunk", size);
	return __real_fxNewChunk(the, size);
}

/*
 * The engine asks for it with each regular expression, and on Linux the answer is read from /proc/self/maps each time:
 * nearly half of the time that the tests took. All is done on one thread.
 */
extern char* __real_fxCStackLimit(void);

char* __wrap_fxCStackLimit(void)
{
	static char* limit = NULL;
	if (!limit) limit = __real_fxCStackLimit();
	return limit;
}

#endif

/* ---- preloading */

txMachine* hostRoot(void)
{
	txCreation creation = {
		.initialChunkSize = 32 << 20, .incrementalChunkSize = 1 << 20, .initialHeapCount = 1 << 19, .incrementalHeapCount = 1 << 16,
		.stackCount = 1 << 14, .initialKeyCount = 8192, .incrementalKeyCount = 1024, .nameModulo = 1993, .symbolModulo = 127,
		.parserBufferSize = 64 << 10, .parserTableModulo = 1993,
	};
	return fxCreateMachine(&creation, "root", NULL, XS_NO_ID);
}

static void freezeInstance(txSlot* instance)
{
	instance->flag |= XS_DONT_PATCH_FLAG;
	for (txSlot* property = instance->next; property; property = property->next)
		property->flag |= property->kind == XS_ACCESSOR_KIND ? XS_DONT_DELETE_FLAG : XS_DONT_DELETE_FLAG | XS_DONT_SET_FLAG;
}

/*
 * What a slot of a shared machine holds in a chunk becomes a constant, as in flash: another machine that copies the
 * value must not take the chunk for one of its own when it collects.
 */
static void makeConstant(txSlot* slot)
{
	switch (slot->kind) {
	case XS_STRING_KIND: slot->kind = XS_STRING_X_KIND; break;
	case XS_BIGINT_KIND: slot->kind = XS_BIGINT_X_KIND; break;
	case XS_KEY_KIND: slot->kind = XS_KEY_X_KIND; break;
	case XS_CODE_KIND: slot->kind = XS_CODE_X_KIND; break;
	}
}

#define EACH_SLOT(THE) \
	for (txSlot* heap = (THE)->firstHeap; heap; heap = heap->next) \
		for (txSlot *slot = heap + 1, *limit = heap->value.reference; slot < limit; slot++)

static int compareTexts(const void* one, const void* other)
{
	return strcmp(*(char* const*)one, *(char* const*)other);
}

/* What the SDK's linker leaves out: names and lengths of functions, and where methods that are neighbours are at home, but once. */
static void strip(txMachine* the)
{
	txSlot* home = NULL;
	EACH_SLOT(the)
		if (slot->kind == XS_INSTANCE_KIND && slot->next && isFunction(slot->next))
			for (txSlot** link = &slot->next->next; *link;) {
				txSlot* property = *link;
				if ((property->ID == mxID(_length) || property->ID == mxID(_name)) && (property->flag & XS_DONT_SET_FLAG)) *link = property->next;
				else link = &property->next;
			}
	EACH_SLOT(the) {
		txSlot* next = slot->next;
		if (slot->kind == XS_UNDEFINED_KIND || !next || next->next || next->ID != XS_NO_ID || next->kind != XS_HOME_KIND) continue;
		if (home && home->flag == next->flag && home->value.home.object == next->value.home.object && home->value.home.module == next->value.home.module) slot->next = home;
		else home = next;
	}
}

/*
 * As the SDK's linker counts: an item of an array is a slot as well; of code there is that of functions that live, and none of a
 * module that has run; each name and each string is there once.
 */
void hostKept(txMachine* the, int32_t kept[3])
{
	int32_t count = 0, most = the->keyIndex;
	char** texts;
	fxCollectGarbage(the);
	strip(the);
	fxCollectGarbage(the);
	kept[0] = the->currentHeapCount;
	kept[1] = kept[2] = 0;
	EACH_SLOT(the) {
		if (slot->kind == XS_ARRAY_KIND && slot->value.array.address) most += fxGetIndexSize(the, slot);
		else if (slot->kind == XS_STRING_KIND) most++;
	}
	texts = malloc(most * sizeof(char*));
	for (txID id = 0; id < the->keyIndex; id++) {
		txSlot* key = the->keyArray[id];
		if (key && (key->kind == XS_KEY_KIND || key->kind == XS_KEY_X_KIND)) texts[count++] = key->value.key.string;
	}
	EACH_SLOT(the) {
		if (slot->kind == XS_ARRAY_KIND && slot->value.array.address) {
			txIndex length = fxGetIndexSize(the, slot);
			kept[0] += length;
			for (txIndex i = 0; i < length; i++)
				if (slot->value.array.address[i].kind == XS_STRING_KIND) texts[count++] = slot->value.array.address[i].value.string;
		}
		else if (slot->kind == XS_STRING_KIND) texts[count++] = slot->value.string;
		else if (slot->kind == XS_CODE_KIND) kept[1] += ((txChunk*)(slot->value.code.address - sizeof(txChunk)))->size - sizeof(txChunk);
		else if (slot->kind == XS_ARRAY_BUFFER_KIND) kept[2] += slot->next->value.bufferInfo.length;
	}
	qsort(texts, count, sizeof(char*), compareTexts);
	for (int32_t i = 0; i < count; i++)
		if (i == 0 || strcmp(texts[i - 1], texts[i])) kept[2] += strlen(texts[i]) + 1;
	free(texts);
}

/* Functions, prototypes, scopes, buffers and collections are frozen by the linker; plain objects and arrays are not. */
void hostPreload(txMachine* the)
{
	fxCollectGarbage(the);
	EACH_SLOT(the) {
		txSlot* internal = slot->kind == XS_INSTANCE_KIND ? slot->next : NULL;
		if (!internal || !(internal->flag & XS_INTERNAL_FLAG)) continue;
		if (isFunction(internal)) {
			freezeInstance(slot);
			if (slot->flag & XS_CAN_CONSTRUCT_FLAG)
				for (txSlot* property = internal->next; property; property = property->next)
					if (property->ID == mxID(_prototype) && property->kind == XS_REFERENCE_KIND) freezeInstance(property->value.reference);
		}
		else switch (internal->kind) {
		case XS_MAP_KIND: case XS_SET_KIND: case XS_WEAK_MAP_KIND: case XS_WEAK_SET_KIND: case XS_WEAK_REF_KIND: case XS_ARRAY_BUFFER_KIND:
		case XS_DATA_VIEW_KIND: case XS_TYPED_ARRAY_KIND: case XS_PROMISE_KIND: case XS_PROXY_KIND: case XS_REGEXP_KIND:
			freezeInstance(slot);
			break;
		default:
			if (internal->ID == XS_ENVIRONMENT_BEHAVIOR) freezeInstance(slot);
		}
	}
	/* The one builtin that every array leads to and that is a plain object. */
	for (txSlot* property = mxArrayPrototype.value.reference->next; property; property = property->next)
		if (property->ID == mxID(_Symbol_unscopables)) freezeInstance(property->value.reference);
	EACH_SLOT(the) {
		txSlot* closure = slot->kind == XS_CLOSURE_KIND ? slot->value.closure : NULL;
		if (closure && closure->kind == XS_REFERENCE_KIND && closure->value.reference->next && isFunction(closure->value.reference->next))
			closure->flag |= XS_DONT_SET_FLAG;
	}
	fxShareMachine(the);
	EACH_SLOT(the) {
		makeConstant(slot);
		if (slot->kind != XS_ARRAY_KIND || !slot->value.array.address) continue;
		for (txIndex i = 0, length = fxGetIndexSize(the, slot); i < length; i++) makeConstant(slot->value.array.address + i);
	}
	for (txSlot* slot = the->stack; slot < the->stackTop; slot++) makeConstant(slot);
}

typedef struct Step Step;
struct Step { Step* before; const char* sign; txID id; };
static int findings;

static void name(txMachine* the, Step* step)
{
	txString key;
	if (step->before) name(the, step->before);
	key = step->id == XS_NO_ID ? NULL : fxGetKeyName(the, step->id);
	printf("%s%s", step->sign, key ? key : "?");
}

static void find(txMachine* the, Step* step, const char* what)
{
	printf("preload: ");
	name(the, step);
	printf(": %s\n", what);
	findings++;
}

static void check(txMachine* the, txSlot* slot, Step* step);

/* Looks at everything that an instance leads to, once. */
static void checkInstance(txMachine* the, txSlot* instance, Step* step)
{
	if (instance->flag & XS_LEVEL_FLAG) return;
	instance->flag |= XS_LEVEL_FLAG;
	if (instance->ID != XS_NO_ID) find(the, step, "not frozen");
	if (instance->value.instance.prototype) {
		Step next = { step, ".", mxID(___proto__) };
		checkInstance(the, instance->value.instance.prototype, &next);
	}
	for (txSlot* property = instance->next; property; property = property->next) {
		Step next = { step, property->kind == XS_CLOSURE_KIND ? "() " : ".", property->flag & XS_INTERNAL_FLAG ? XS_NO_ID : property->ID };
		if (property->kind == XS_ARRAY_KIND) {
			txIndex length = fxGetIndexSize(the, property);
			next.sign = "[";
			for (txIndex i = 0; i < length; i++) check(the, property->value.array.address + i, &next);
		}
		else if (property->kind == XS_REGEXP_KIND) find(the, step, "regexp");
		else if (property->kind == XS_PRIVATE_KIND)
			for (txSlot* item = property->value.private.first; item; item = item->next) check(the, item, &next);
		else if (isFunction(property) && property->kind != XS_CALLBACK_KIND && property->kind != XS_CALLBACK_X_KIND) {
			if (property->value.code.closures) checkInstance(the, property->value.code.closures, step);
		}
		else check(the, property, &next);
	}
}

static void check(txMachine* the, txSlot* slot, Step* step)
{
	if (slot->kind == XS_REFERENCE_KIND) checkInstance(the, slot->value.reference, step);
	else if (slot->kind == XS_CLOSURE_KIND) {
		if (slot->value.closure->ID != XS_NO_ID) find(the, step, "no const");
		check(the, slot->value.closure, step);
	}
	else if (slot->kind == XS_ACCESSOR_KIND) {
		if (slot->value.accessor.getter) checkInstance(the, slot->value.accessor.getter, step);
		if (slot->value.accessor.setter) checkInstance(the, slot->value.accessor.setter, step);
	}
}

int hostCheckPreloaded(txMachine* the)
{
	/* fxShareMachine has left the list of modules here. */
	for (txSlot* module = mxProgram.value.reference->next; module; module = module->next) {
		Step step = { NULL, "", module->ID };
		for (txSlot* export = mxModuleExports(module)->value.reference->next; export; export = export->next) {
			Step next = { &step, ": ", export->ID };
			txSlot* closure = export->value.export.closure;
			if (!closure) continue;
			if (closure->ID != XS_NO_ID) find(the, &next, "no const");
			check(the, closure, &next);
		}
	}
	return findings;
}
