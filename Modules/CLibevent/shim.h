#ifndef CLIBEVENT_SHIM_H
#define CLIBEVENT_SHIM_H

// First of all: event2/event-config.h defines _GNU_SOURCE, and with <sys/types.h> read after that
// a clean build sees two different fd_set types (Glibc's module and this one).
#include <sys/types.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>

#endif
