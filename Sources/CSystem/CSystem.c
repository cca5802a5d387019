#define _GNU_SOURCE
#include "CSystem.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

int evenkeel_accept(int listener, int flags) { return accept4(listener, NULL, NULL, flags); }

int evenkeel_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void evenkeel_ring(int descriptor) { eventfd_write(descriptor, 1); }

void evenkeel_silence(int descriptor) {
    eventfd_t count;
    eventfd_read(descriptor, &count);
}

int evenkeel_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int evenkeel_end_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }
