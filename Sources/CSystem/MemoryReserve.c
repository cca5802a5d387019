#include "CSystem.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

// Swift ends the process when an allocation fails, and so does much of what it is built on. So the functions that all
// of them allocate with are ours: a program's definition of a symbol goes before a shared library's, and glibc says
// how that is done ("Replacing malloc" in its manual). They leave the work to glibc. When it finds nothing, a part of the
// reserve is given back and glibc is asked again; whoever takes on work looks at the reserve before.
//
// AddressSanitizer has functions of its own in this place; under it there is a reserve, but nothing uses it.

// 8 MiB, half of which is for what is under way: some hundred times what that takes between two looks at the reserve.
// It is hardly touched, and so takes address space but next to no memory. Parts of this size are mostly found again in
// what others gave back.
#define CHUNK ((size_t)128 * 1024)
#define CHUNKS 64
#define AMPLE (CHUNKS / 2)

static void *chunks[CHUNKS];
atomic_int evenkeel_missing_reserve = CHUNKS;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif

#ifndef SANITIZED
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

/// Gives a part of the reserve back; false when nothing is left of it.
static bool give_way(void) {
    pthread_mutex_lock(&lock);
    int held = CHUNKS - atomic_load(&evenkeel_missing_reserve);
    if (held > 0) {
        free(chunks[held - 1]);
        atomic_fetch_add(&evenkeel_missing_reserve, 1);
    }
    pthread_mutex_unlock(&lock);
    return held > 0;
}

void *malloc(size_t size) {
    void *memory;
    while ((memory = __libc_malloc(size)) == NULL && give_way()) {}
    return memory;
}

void *calloc(size_t count, size_t size) {
    void *memory;
    while ((memory = __libc_calloc(count, size)) == NULL && give_way()) {}
    return memory;
}

void *realloc(void *old, size_t size) {
    void *memory;
    while ((memory = __libc_realloc(old, size)) == NULL && size > 0 && give_way()) {}
    return memory;
}

void *memalign(size_t alignment, size_t size) {
    void *memory;
    while ((memory = __libc_memalign(alignment, size)) == NULL && give_way()) {}
    return memory;
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
    void *found = memalign(alignment, size);
    if (found == NULL) return ENOMEM;
    *memory = found;
    return 0;
}
#else
#define __libc_malloc malloc
#endif

bool evenkeel_refill_reserve(void) {
    pthread_mutex_lock(&lock);
    int held = CHUNKS - atomic_load(&evenkeel_missing_reserve);
    while (held < CHUNKS && (chunks[held] = __libc_malloc(CHUNK)) != NULL) held++;
    atomic_store(&evenkeel_missing_reserve, CHUNKS - held);
    pthread_mutex_unlock(&lock);
    if (held >= AMPLE) return true;
    // What was given back may lie in pieces that are too small for a part of the reserve (libevent keeps a few bytes for
    // each descriptor that it has seen), and yet be what others of its kind want.
    return held >= AMPLE / 2 && (AMPLE - held) * CHUNK <= mallinfo2().fordblks;
}
