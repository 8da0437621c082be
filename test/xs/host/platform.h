/* What the engine's sources want to know about this machine. XSPLATFORM names this file; see build/xs.mjs. */
#ifndef MODEM_MQTT_XS_PLATFORM_H
#define MODEM_MQTT_XS_PLATFORM_H

#undef mxLittleEndian
#define mxLittleEndian 1
#if defined(__riscv)
/* Bare metal, for test/xs/device: no system, no threads, no atomic instructions. */
#undef mxMetering
#define mxUnalignedAccess 0
#elif defined(__APPLE__)
#undef mxMacOSX
#define mxMacOSX 1
#else
#undef mxLinux
#define mxLinux 1
#endif

#ifndef __riscv
#include <arpa/inet.h>
#include <pthread.h>
#endif
#include <ctype.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef __riscv
#define mxUseGCCAtomics 1
#define mxUsePOSIXThreads 1
#endif
#define mxUseDefaultBuildKeys 1
#define mxUseDefaultChunkAllocation 1
#define mxUseDefaultSlotAllocation 1
#define mxUseDefaultMachinePlatform 1
#define mxUseDefaultParseScript 1
#define mxUseDefaultSharedChunks 1

/* Kept in every machine. The waiters are those of Atomics.wait; without metering the engine has no meter, which the host reads. */
#ifdef __riscv
#define mxMachinePlatform \
	int promiseJobs; \
	int meterIndex;
#else
#define mxMachinePlatform \
	void* waiterCondition; \
	void* waiterData; \
	void* waiterLink; \
	int promiseJobs;
#endif

/* As many names as a program on this host may have; a 32-bit machine numbers them with 16 bits, as on ESP32. */
#if INTPTR_MAX == INT64_MAX
#define mx32bitID 1
#endif

#endif
