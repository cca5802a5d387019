#include "CSystem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

// libevent calls epoll_ctl(2) and epoll_wait(2). Both functions are ours: a program's definition of a symbol goes before a
// shared library's. Were they not found, libevent would make its calls as ever.

// The kernel takes a descriptor out of its epoll sets when it is closed (epoll(7)), and libevent takes it out
// before, with a call for each connection's end that is for nothing. libevent offers no way to be told.
static _Thread_local bool leaves_by_close;

void evenkeel_begin_leaving_by_close(void) { leaves_by_close = true; }

void evenkeel_end_leaving_by_close(void) { leaves_by_close = false; }

int epoll_ctl(int set, int operation, int descriptor, struct epoll_event *event) {
    if (leaves_by_close && operation == EPOLL_CTL_DEL) return 0;
    return (int)syscall(SYS_epoll_ctl, set, operation, descriptor, event);
}

// libevent makes "readable and writable" of an error, as of bytes, and drops that the peer sends no more: a reset
// right behind the last bytes looks like the bytes alone. To read once more after each short read would cost a call for
// every piece of a stream, so this is told in another way. Of a socket whose peer's end is watched (EPOLLRDHUP), the end
// never comes without EPOLLIN, so a report without it is free to mean the error. All other descriptors are reported as
// ever.
int epoll_wait(int set, struct epoll_event *events, int most, int timeout) {
    const uint32_t broken = EPOLLERR | EPOLLRDHUP;
    int count = (int)syscall(SYS_epoll_pwait, set, events, most, timeout, NULL, 0);
    for (int place = 0; place < count; place++) {
        if ((events[place].events & broken) == broken) events[place].events = EPOLLOUT | EPOLLRDHUP;
    }
    return count;
}
