#ifndef CLIBEVENT_SHIM_H
#define CLIBEVENT_SHIM_H

// First of all: event2/event-config.h defines _GNU_SOURCE, and with <sys/types.h> read after that
// a clean build sees two different fd_set types (Glibc's module and this one).
#include <sys/types.h>

#include <event2/event.h>

#endif
