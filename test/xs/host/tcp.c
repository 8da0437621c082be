/* Plain TCP to this machine, asked again and again: what Moddable's own client is played over. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "host.h"

/* tcpOpen(port) */
static void openSocket(xsMachine* the)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(xsmcToInteger(xsArg(0))), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0) xsUnknownError("no socket");
	fcntl(fd, F_SETFL, O_NONBLOCK);
	connect(fd, (struct sockaddr*)&address, sizeof(address));
	xsmcSetInteger(xsResult, fd);
}

/* tcpRead(socket, buffer): the bytes that have come; undefined before it is connected, −1 when it has ended */
static void readSocket(xsMachine* the)
{
	int fd = xsmcToInteger(xsArg(0));
	struct pollfd wait = { .fd = fd, .events = POLLOUT };
	void* data;
	xsUnsignedValue size;
	ssize_t count;
	if (poll(&wait, 1, 0) == 0) return;
	xsmcGetBufferWritable(xsArg(1), &data, &size);
	count = recv(fd, data, size, 0);
	xsmcSetInteger(xsResult, count > 0 ? count : count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1);
}

/* tcpWrite(socket, buffer) */
static void writeSocket(xsMachine* the)
{
	void* data;
	xsUnsignedValue size;
	xsmcGetBufferReadable(xsArg(1), &data, &size);
	if (send(xsmcToInteger(xsArg(0)), data, size, MSG_NOSIGNAL) != (ssize_t)size) xsUnknownError("the socket takes no more");
}

static void closeSocket(xsMachine* the)
{
	close(xsmcToInteger(xsArg(0)));
}

void hostGiveTcp(xsMachine* machine)
{
	static const struct { const char* name; xsCallback callback; } functions[] = {
		{ "tcpOpen", openSocket }, { "tcpRead", readSocket }, { "tcpWrite", writeSocket }, { "tcpClose", closeSocket },
	};
	xsBeginHost(machine);
	xsmcVars(2);
	xsmcGet(xsVar(0), xsGlobal, xsID("host"));
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		xsVar(1) = xsNewHostFunction(functions[i].callback, 0);
		xsmcDefine(xsVar(0), xsID(functions[i].name), xsVar(1), xsDontSet | xsDontDelete);
	}
	xsEndHost(machine);
}
