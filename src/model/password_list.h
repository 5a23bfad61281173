/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_PASSWORD_LIST_H
#define MODEL_PASSWORD_LIST_H

#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

/*
 * Passwords to try on what is encrypted: one a line, as they are, spaces included; blank lines are
 * none. They are spoken of by the number of their line alone: a password stands in no note, log or
 * report. Start with {0}.
 */
struct password {
    struct slice text; /* borrowed from the list; no zero bytes in it */
    uint32_t line;     /* from 1 */
};

struct password_list {
    char *text; /* owned: the lines as they came, so that a list can be handed on */
    size_t length;
    struct password *items; /* owned */
    uint32_t count;
};

/* Load a file; TQ_E_SYNTAX or TQ_E_LIMIT with its name and line if it is no such list. */
int password_list_load(const char *path, struct password_list *out_list,
                       struct tq_error *err) MUST_CHECK;

/* Make a list of `text`, which is from alloc_*() and handed over (wiped and freed if it fails).
 * `name` is what errors call it. */
int password_list_take(char *text, size_t length, const char *name, struct password_list *out_list,
                       struct tq_error *err) MUST_CHECK;

/* Wipe and release it. */
void password_list_clear(struct password_list *list);

#endif
