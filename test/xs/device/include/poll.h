/* What host.h wants of it; on bare metal nobody waits. */
#ifndef MODEM_MQTT_POLL_H
#define MODEM_MQTT_POLL_H
struct pollfd { int fd; short events, revents; };
#define POLLIN 1
#define POLLOUT 4
int poll(struct pollfd* waits, unsigned count, int timeout);
#endif
