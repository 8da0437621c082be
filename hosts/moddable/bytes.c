/*
 * Work on bytes that costs too much in script: a loop takes about 18 units of XS a byte, `set` and `copyWithin` about 2,
 * and `subarray` allocates. These take no unit a byte, and those that do not make a text allocate nothing. bytes.ts gives
 * them to the core; what each does is written at `Bytes` in src/platform.ts.
 */
#include <stdint.h>
#include <string.h>
#include "xsmc.h"

/* One call's (target, offset, source, start, length), each range within its buffer. */
typedef struct { uint8_t *to; const uint8_t *from; xsUnsignedValue length; } Ranges;

static xsUnsignedValue getCount(xsMachine *the, xsIntegerValue value)
{
	if (value < 0) xsRangeError("negative offset or length");
	return (xsUnsignedValue)value;
}

/* A buffer's address is asked for last, because it may move with whatever allocates. */
static void getRanges(xsMachine *the, Ranges *ranges, xsUnsignedValue size)
{
	void *target, *source;
	xsUnsignedValue targetSize, sourceSize;
	xsUnsignedValue offset = getCount(the, xsmcToInteger(xsArg(1))), start = getCount(the, xsmcToInteger(xsArg(3)));
	xsUnsignedValue length = getCount(the, xsmcToInteger(xsArg(4)));

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
	xsUnsignedValue offset = getCount(the, xsmcToInteger(xsArg(1))), start = getCount(the, xsmcToInteger(xsArg(3)));
	xsUnsignedValue length = getCount(the, xsmcToInteger(xsArg(4)));

	xsmcGetBufferReadable(xsArg(0), &one, &oneSize);
	xsmcGetBufferReadable(xsArg(2), &other, &otherSize);
	if (offset > oneSize || length > oneSize - offset || start > otherSize || length > otherSize - start) xsRangeError("buffer too short");
	xsmcSetBoolean(xsResult, !memcmp((const uint8_t *)one + offset, (const uint8_t *)other + start, length));
}

void xs_modem_mqtt_find(xsMachine *the)
{
	void *bytes, *at;
	xsUnsignedValue size;
	xsUnsignedValue start = getCount(the, xsmcToInteger(xsArg(2))), end = getCount(the, xsmcToInteger(xsArg(3)));
	uint8_t byte = (uint8_t)xsmcToInteger(xsArg(1));

	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	if (end > size || start > end) xsRangeError("buffer too short");
	at = memchr((const uint8_t *)bytes + start, byte, end - start);
	xsmcSetInteger(xsResult, at ? (xsIntegerValue)((uint8_t *)at - (uint8_t *)bytes) : -1);
}

/* ---- texts */

void xs_modem_mqtt_encode(xsMachine *the)
{
	const uint8_t *text;
	void *bytes;
	xsUnsignedValue size;

	if (xsmcTypeOf(xsArg(0)) != xsStringType) xsTypeError("no string");
	text = (const uint8_t *)xsmcToString(xsArg(0));
	for (const uint8_t *at = text; *at; at++) {
		/* XS writes NUL as C0 80, and surrogates as ED A0 80 to ED BF BF. */
		if (*at < 0x20 || *at == '"' || *at == 0x7f || *at == 0xc0 || (*at == 0xed && at[1] >= 0xa0)) return;
	}
	size = (xsUnsignedValue)strlen((const char *)text);
	xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)size);
	text = (const uint8_t *)xsmcToString(xsArg(0)); /* it may have moved */
	xsmcGetBufferWritable(xsResult, &bytes, &size);
	memcpy(bytes, text, size);
}

/* Whether it is UTF-8 that XS and the standard write alike. */
static int isPlain(const uint8_t *at, const uint8_t *end)
{
	while (at < end) {
		uint8_t lead = *at++;
		if (lead == 0) return 0;
		if (lead < 0x80) continue;
		if (lead < 0xc2 || lead >= 0xf0) return 0;
		if (end - at < (lead < 0xe0 ? 1 : 2)) return 0;
		if ((lead == 0xe0 && *at < 0xa0) || (lead == 0xed && *at >= 0xa0)) return 0; /* too long, a surrogate */
		if ((*at++ & 0xc0) != 0x80) return 0;
		if (lead >= 0xe0 && (*at++ & 0xc0) != 0x80) return 0;
	}
	return 1;
}

void xs_modem_mqtt_decode(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue size;

	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	if (!isPlain(bytes, (const uint8_t *)bytes + size)) return;
	xsmcSetStringBuffer(xsResult, NULL, (xsIntegerValue)size);
	xsmcGetBufferReadable(xsArg(0), &bytes, &size); /* they may have moved */
	memcpy(xsmcToString(xsResult), bytes, size);
}

/* ---- a modem's line */

/* The bytes of a ring from a position up to its tail. Positions wrap at 32 bits. */
typedef struct { const uint8_t *bytes; uint32_t mask, at, tail; } Ring;

#define NONE 255
#define byteAt(RING, POSITION) ((RING)->bytes[(POSITION) & (RING)->mask])

/* The call's arguments from `first` on: bytes, mask, at, tail. */
static void getRing(xsMachine *the, Ring *ring, xsIntegerValue first)
{
	void *bytes;
	xsUnsignedValue size;

	ring->mask = (uint32_t)xsmcToInteger(xsArg(first + 1));
	ring->at = (uint32_t)xsmcToInteger(xsArg(first + 2));
	ring->tail = (uint32_t)xsmcToInteger(xsArg(first + 3));
	xsmcGetBufferReadable(xsArg(first), &bytes, &size);
	if (ring->mask >= size) xsRangeError("buffer too short");
	if (ring->tail - ring->at > size) xsRangeError("more than the buffer holds");
	ring->bytes = bytes;
}

static int isLineEnd(uint8_t byte)
{
	return byte == '\r' || byte == '\n';
}

static uint32_t afterBlanks(const Ring *ring, uint32_t at)
{
	while (at != ring->tail && byteAt(ring, at) == ' ') at++;
	return at;
}

static uint32_t upTo(const Ring *ring, uint32_t at, uint8_t end)
{
	while (at != ring->tail && byteAt(ring, at) != end && !isLineEnd(byteAt(ring, at))) at++;
	return at;
}

/* A position's distance and what was found there, in one number. */
static xsIntegerValue found(const Ring *ring, uint32_t at, uint32_t what)
{
	return (xsIntegerValue)((at - ring->at) << 8 | (what < NONE ? what : NONE));
}

void xs_modem_mqtt_upTo(xsMachine *the)
{
	Ring ring;
	uint8_t end = (uint8_t)xsmcToInteger(xsArg(0));
	getRing(the, &ring, 1);
	xsmcSetInteger(xsResult, (xsIntegerValue)upTo(&ring, ring.at, end));
}

/* The name that the line's bytes lead to is the one of those with the longest beginning in common, if that is all of it. */
void xs_modem_mqtt_name(xsMachine *the)
{
	Ring ring;
	void *names;
	const uint8_t *name, *end;
	uint32_t far, index, response = NONE;
	xsUnsignedValue size, most = 0;
	int isReport;

	getRing(the, &ring, 1);
	xsmcGetBufferReadable(xsArg(0), &names, &size);
	far = ring.at;
	isReport = ring.at != ring.tail && byteAt(&ring, ring.at) == '+';
	name = names;
	end = name + size;
	for (index = 0; name < end; index++) {
		xsUnsignedValue length = *name++, same = 0;
		uint32_t at = ring.at;
		if (length > (xsUnsignedValue)(end - name)) xsRangeError("a name too short");
		for (; at != ring.tail; at++) {
			uint8_t byte = byteAt(&ring, at);
			if (same < length && byte == name[same]) same++;
			else if (byte != ' ' || !isReport) break;
		}
		if (same > most) {
			most = same;
			far = at;
			response = NONE;
		}
		if (same == most && same == length) response = index;
		name += length;
	}
	xsmcSetInteger(xsResult, far == ring.tail ? -1 : found(&ring, far, response));
}

enum { EMPTY, INTEGER, BARE, QUOTED };
typedef struct { int32_t kind, value; uint32_t start, end; } Field;

/* A number and the blanks around it, or nothing but blanks, up to a comma or the line's end. Digits that count for nothing may overflow. */
static uint32_t readNumber(const Ring *ring, uint32_t at, Field *field)
{
	uint32_t value = 0;
	int isNegative;

	field->start = at = afterBlanks(ring, at);
	isNegative = at != ring->tail && byteAt(ring, at) == '-';
	if (isNegative) at++;
	for (; at != ring->tail && byteAt(ring, at) >= '0' && byteAt(ring, at) <= '9'; at++) value = value * 10 + byteAt(ring, at) - '0';
	field->end = at = afterBlanks(ring, at);
	field->kind = at == field->start ? EMPTY : INTEGER;
	if (at - field->start > 9 || (isNegative && value == 0)) field->kind = BARE; /* not within 31 bits, or no number */
	field->value = field->kind != INTEGER ? 0 : isNegative ? -(int32_t)value : (int32_t)value;
	return at;
}

/* Anything else; in quotes up to the quote behind which a comma or the line's end follows. */
static uint32_t readText(const Ring *ring, Field *field)
{
	uint32_t at = field->start;

	field->kind = BARE;
	field->value = 0;
	if (byteAt(ring, at) != '"') at = upTo(ring, at, ',');
	else {
		field->start = ++at;
		for (;;) {
			at = field->end = upTo(ring, at, '"');
			if (at == ring->tail) return at;
			if (byteAt(ring, at) != '"') break; /* a quote that nothing closes is none */
			at = afterBlanks(ring, at + 1);
			if (at == ring->tail) return at;
			if (byteAt(ring, at) != ',' && !isLineEnd(byteAt(ring, at))) continue;
			field->kind = QUOTED;
			return at;
		}
	}
	for (field->end = at; field->end != field->start && byteAt(ring, field->end - 1) == ' '; field->end--);
	return at;
}

void xs_modem_mqtt_fields(xsMachine *the)
{
	Ring ring;
	void *table;
	uint32_t at, count = 0;
	xsUnsignedValue size, offset = getCount(the, xsmcToInteger(xsArg(1))), end = getCount(the, xsmcToInteger(xsArg(2)));
	uint32_t most = (uint32_t)xsmcToInteger(xsArg(7));

	getRing(the, &ring, 3);
	xsmcGetBufferWritable(xsArg(0), &table, &size);
	if (end > size || offset > end) xsRangeError("table too short");
	xsmcSetInteger(xsResult, -1);
	for (at = ring.at;; at++) {
		Field field;
		uint8_t byte;
		at = readNumber(&ring, at, &field);
		if (at == ring.tail) return;
		byte = byteAt(&ring, at);
		if (field.kind == BARE || (byte != ',' && !isLineEnd(byte))) {
			at = readText(&ring, &field);
			if (at == ring.tail) return;
			byte = byteAt(&ring, at);
		}
		/* A line without fields has none that is empty. */
		if (field.kind != EMPTY || byte == ',' || count > 0) {
			if (end - offset >= sizeof(field)) {
				memcpy((uint8_t *)table + offset, &field, sizeof(field));
				offset += (xsUnsignedValue)sizeof(field);
			}
			count++;
		}
		if (byte != ',' || count == most) break;
	}
	xsmcSetInteger(xsResult, found(&ring, at, count));
}
