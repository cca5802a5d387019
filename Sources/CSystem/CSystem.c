#define _GNU_SOURCE
#include "CSystem.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
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

int evenkeel_timer(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC); }

int evenkeel_set_timer(int timer, int64_t nanoseconds) {
    // A time of zero would disarm the timer.
    int64_t due = nanoseconds > 0 ? nanoseconds : 1;
    struct itimerspec schedule = {
        .it_value = {.tv_sec = due / 1000000000, .tv_nsec = due % 1000000000},
    };
    return timerfd_settime(timer, TFD_TIMER_ABSTIME, &schedule, NULL);
}

// The kernel takes a descriptor out of its epoll sets when it is closed (epoll(7)), and libevent takes it out
// before, with a call for each connection's end that is for nothing. libevent offers no way to be told, so the
// function that it calls is ours: a program's definition of a symbol goes before a shared library's. Were it
// not found, libevent would make its call as ever.
static _Thread_local bool leaves_by_close;

void evenkeel_begin_leaving_by_close(void) { leaves_by_close = true; }

void evenkeel_end_leaving_by_close(void) { leaves_by_close = false; }

int epoll_ctl(int set, int operation, int descriptor, struct epoll_event *event) {
    if (leaves_by_close && operation == EPOLL_CTL_DEL) return 0;
    return (int)syscall(SYS_epoll_ctl, set, operation, descriptor, event);
}

// libevent makes "readable and writable" of an error, as of bytes, and drops that the peer sends no more: a reset
// right behind the last bytes looks like the bytes alone. To read once more after each short read would cost a call for
// every piece of a stream, so the function that libevent waits with is ours too (as above). Of a socket whose
// peer's end is watched (EPOLLRDHUP), the end never comes without EPOLLIN, so a report without it is free to mean the
// error. All other descriptors are reported as ever.
int epoll_wait(int set, struct epoll_event *events, int most, int timeout) {
    const uint32_t broken = EPOLLERR | EPOLLRDHUP;
    int count = (int)syscall(SYS_epoll_pwait, set, events, most, timeout, NULL, 0);
    for (int place = 0; place < count; place++) {
        if ((events[place].events & broken) == broken) events[place].events = EPOLLOUT | EPOLLRDHUP;
    }
    return count;
}
