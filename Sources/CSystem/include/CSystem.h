#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Linux calls that Swift's Glibc module does not offer, because it is built without _GNU_SOURCE.
// Each returns what the call returns: -1 and errno on failure.

/// accept4(2); `peer` has room for an address of `length` bytes, and gets that of the client.
int evenkeel_accept(int listener, void *peer, uint32_t *length, int flags);

/// eventfd(2): wakes a loop from another thread with one descriptor in place of a pipe's two.
int evenkeel_eventfd(void);

/// Adds one to an eventfd, which makes it readable.
void evenkeel_ring(int eventfd);

/// Sets an eventfd back to zero, which makes it unreadable.
void evenkeel_silence(int eventfd);

/// pipe2(2) with O_CLOEXEC, so that a pipe never leaks into a child process.
int evenkeel_pipe(int ends[2]);

/// fcntl(F_SETPIPE_SZ): how many bytes a pipe holds from now on; answers the number that the kernel made of it.
int evenkeel_set_pipe_capacity(int pipe, int size);

/// splice(2) between a socket and a pipe that does not wait for the pipe.
ssize_t evenkeel_splice(int source, int sink, size_t length);

/// prctl(PR_SET_PDEATHSIG): the kernel sends `signal` to this process when its parent ends.
int evenkeel_end_with_parent(int signal);

/// ioctl(SIOCOUTQ): how many bytes that were sent the peer's kernel has not acknowledged (tcp(7)). Swift does not
/// import variadic functions.
int evenkeel_unacknowledged(int socket);

/// close_range(2) with CLOSE_RANGE_UNSHARE: gives this thread a table of descriptors of its own, which holds
/// those below `first` alone. Neither the call nor the flag is in Swift's Glibc module, and unshare(2) with a
/// close for each would copy and close thousands.
int evenkeel_separate_descriptors(unsigned first);

/// close_range(2): closes all descriptors from `first` to `last` in one call.
int evenkeel_close_descriptors(unsigned first, unsigned last);

/// prctl(PR_SET_NAME): names this thread in ps(1), top(1) and debuggers; at most 15 bytes are kept.
int evenkeel_name_thread(const char *name);

/// Between these two, this thread's calls of epoll_ctl(2) that take a descriptor out of a set do nothing: for a
/// descriptor that is closed next, which takes it out of every set by itself. See EpollOverrides.c.
void evenkeel_begin_leaving_by_close(void);
void evenkeel_end_leaving_by_close(void);

/// Takes back what is missing of the memory that is kept back for allocations that would fail without, as far as there
/// is memory; answers whether at least half of it is there. From any thread. See MemoryReserve.c.
bool evenkeel_refill_reserve(void);

/// How many parts of that reserve are missing.
extern _Atomic int evenkeel_missing_reserve;

/// Whether at least half of the reserve is there: one load while all of it is.
static inline bool evenkeel_has_ample_reserve(void) {
    return __atomic_load_n((const int *)&evenkeel_missing_reserve, __ATOMIC_RELAXED) == 0 || evenkeel_refill_reserve();
}

#endif
