/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Run `function` on the variable when it goes out of scope, on every path out. */
#define CLEANUP(function) __attribute__((cleanup(function)))

/* Give CLEANUP() a form of `release` that takes the address of the variable. */
#define DEFINE_CLEANUP(type, release)             \
    static inline void release##_cleanup(type *p) \
    {                                             \
        if (*p)                                   \
            (void)release(*p);                    \
    }

/* Hand the pointer over to a new owner: yields its value and leaves NULL behind. */
#define TAKE(pointer)                           \
    __extension__({                             \
        __typeof__(pointer) taken_ = (pointer); \
        (pointer) = NULL;                       \
        taken_;                                 \
    })

DEFINE_CLEANUP(FILE *, fclose)
DEFINE_CLEANUP(DIR *, closedir)

static inline void free_cleanup(void *p)
{
    free(*(void **)p);
}

/* For descriptors that were only read; what was written is closed by hand and checked. */
static inline void close_cleanup(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

#endif
