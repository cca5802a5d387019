#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <stdint.h>

// Linux calls that Swift's Glibc module does not offer, because it is built without _GNU_SOURCE.
// Each returns what the call returns: -1 and errno on failure.

/// accept4(2) without asking for the peer's address: one copy less for each connection.
int evenkeel_accept(int listener, int flags);

/// eventfd(2): wakes a loop from another thread with one descriptor in place of a pipe's two.
int evenkeel_eventfd(void);

/// Adds one to an eventfd, which makes it readable.
void evenkeel_ring(int eventfd);

/// Sets an eventfd back to zero, which makes it unreadable.
void evenkeel_silence(int eventfd);

/// pipe2(2) with O_CLOEXEC, so that a pipe never leaks into a child process.
int evenkeel_pipe(int ends[2]);

/// prctl(PR_SET_PDEATHSIG): the kernel sends `signal` to this process when its parent ends.
int evenkeel_end_with_parent(int signal);

#endif
