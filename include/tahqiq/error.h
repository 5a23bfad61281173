/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef TAHQIQ_ERROR_H
#define TAHQIQ_ERROR_H

/* Every fallible call returns 0 (TQ_OK) or one of these; callers branch on nothing finer. */
enum tq_status {
    TQ_OK = 0,
    TQ_E_NOMEM = -1,  /* out of memory */
    TQ_E_IO = -2,     /* the operating system refused or failed */
    TQ_E_SYNTAX = -3, /* our own file or message is malformed (never: evidence is malformed) */
    TQ_E_LIMIT = -4,  /* a limit from base/limits.h was reached */
    TQ_E_USAGE = -5,  /* the caller asked for something that makes no sense */
    TQ_E_KEY = -6,    /* wrong key, or the bytes were tampered with */
    TQ_E_PEER = -7,   /* the sandboxed reader died, hung or spoke nonsense */
    TQ_E_LOST = -8,   /* a server went away, or took back what it gave: once more may succeed */
};

/*
 * What went wrong, for a person. Owned by the caller, usually on the stack; it holds no pointers,
 * so reporting "out of memory" needs no memory. Untouched on success.
 */
struct tq_error {
    enum tq_status status;
    char message[480]; /* one line: lower case, no full stop, names the object and the reason */
};

#endif
