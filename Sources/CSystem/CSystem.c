#define _GNU_SOURCE
#include "CSystem.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

int evenkeel_accept(int listener, void *peer, uint32_t *length, int flags) {
    return accept4(listener, peer, length, flags);
}

int evenkeel_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void evenkeel_ring(int descriptor) { eventfd_write(descriptor, 1); }

void evenkeel_silence(int descriptor) {
    eventfd_t count;
    eventfd_read(descriptor, &count);
}

int evenkeel_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int evenkeel_set_pipe_capacity(int pipe, int size) { return fcntl(pipe, F_SETPIPE_SZ, size); }

ssize_t evenkeel_splice(int source, int sink, size_t length) {
    return splice(source, NULL, sink, NULL, length, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

int evenkeel_end_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }

int evenkeel_unacknowledged(int socket) {
    int count;
    return ioctl(socket, SIOCOUTQ, &count) == 0 ? count : -1;
}

int evenkeel_separate_descriptors(unsigned first) { return close_range(first, ~0U, CLOSE_RANGE_UNSHARE); }

int evenkeel_close_descriptors(unsigned first, unsigned last) { return close_range(first, last, 0); }

int evenkeel_name_thread(const char *name) { return prctl(PR_SET_NAME, name); }
