/*
 * Work on bytes that costs too much in script: a loop takes about 18 units of XS a byte, `set` and `copyWithin` about 2,
 * and `subarray` allocates. These take no unit a byte and allocate nothing. bytes.ts gives them to the core.
 */
#include <stdint.h>
#include <string.h>
#include "xsmc.h"

/* One call's (target, offset, source, start, length), each range within its buffer. */
typedef struct { uint8_t *to; const uint8_t *from; xsUnsignedValue length; } Ranges;

static xsUnsignedValue count(xsMachine *the, xsIntegerValue value)
{
	if (value < 0) xsRangeError("negative offset or length");
	return (xsUnsignedValue)value;
}

/* A buffer's address is asked for last, because it may move with whatever allocates. */
static void getRanges(xsMachine *the, Ranges *ranges, xsUnsignedValue size)
{
	void *target, *source;
	xsUnsignedValue targetSize, sourceSize;
	xsUnsignedValue offset = count(the, xsmcToInteger(xsArg(1))), start = count(the, xsmcToInteger(xsArg(3)));
	xsUnsignedValue length = count(the, xsmcToInteger(xsArg(4)));

	xsmcGetBufferWritable(xsArg(0), &target, &targetSize);
	xsmcGetBufferReadable(xsArg(2), &source, &sourceSize);
	if (start > sourceSize || length > sourceSize - start) xsRangeError("source too short");
	if (offset > targetSize || length > (targetSize - offset) / size) xsRangeError("target too short");
	ranges->to = (uint8_t *)target + offset;
	ranges->from = (const uint8_t *)source + start;
	ranges->length = length;
}

void xs_modem_mqtt_copy(xsMachine *the)
{
	Ranges ranges;
	getRanges(the, &ranges, 1);
	memmove(ranges.to, ranges.from, ranges.length);
}

void xs_modem_mqtt_hex(xsMachine *the)
{
	static const char digits[] = "0123456789ABCDEF";
	Ranges ranges;
	getRanges(the, &ranges, 2);
	for (xsUnsignedValue i = 0; i < ranges.length; i++) {
		uint8_t byte = ranges.from[i];
		*ranges.to++ = digits[byte >> 4];
		*ranges.to++ = digits[byte & 15];
	}
}

void xs_modem_mqtt_same(xsMachine *the)
{
	void *one, *other;
	xsUnsignedValue oneSize, otherSize;
	xsUnsignedValue offset = count(the, xsmcToInteger(xsArg(1))), start = count(the, xsmcToInteger(xsArg(3)));
	xsUnsignedValue length = count(the, xsmcToInteger(xsArg(4)));

	xsmcGetBufferReadable(xsArg(0), &one, &oneSize);
	xsmcGetBufferReadable(xsArg(2), &other, &otherSize);
	if (offset > oneSize || length > oneSize - offset || start > otherSize || length > otherSize - start) xsRangeError("buffer too short");
	xsmcSetBoolean(xsResult, !memcmp((const uint8_t *)one + offset, (const uint8_t *)other + start, length));
}

void xs_modem_mqtt_find(xsMachine *the)
{
	void *bytes, *found;
	xsUnsignedValue size;
	xsUnsignedValue start = count(the, xsmcToInteger(xsArg(2))), end = count(the, xsmcToInteger(xsArg(3)));
	uint8_t byte = (uint8_t)xsmcToInteger(xsArg(1));

	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	if (end > size || start > end) xsRangeError("buffer too short");
	found = memchr((const uint8_t *)bytes + start, byte, end - start);
	xsmcSetInteger(xsResult, found ? (xsIntegerValue)((uint8_t *)found - (uint8_t *)bytes) : -1);
}
