/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_EXTRACT_H
#define EXTRACT_EXTRACT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "model/password_list.h"
#include "model/sink.h"

struct recogniser;

/*
 * Reading hostile bytes. Runs in the sandboxed reader only (and in tests and fuzzers). Formats
 * stand behind one list; the type is recognised by content, the name only breaks ties.
 */
struct extract_input {
    int fd; /* readable and seekable, borrowed; the exhibit starts at offset 0 */
    uint64_t size_bytes;
    struct slice bytes; /* if not empty, read instead of fd: what was deciphered */
    struct slice name;  /* last part of the path: a hint, never trusted */
    const struct password_list *passwords; /* to try if it is encrypted: borrowed, may be NULL */
    const struct recogniser *recogniser;   /* what reads pictures (recogniser.h); NULL: nothing */
    uint32_t pictures_max;                 /* pages that it may read */
    bool is_script; /* fd is a pipe: what pg_restore makes of the exhibit (pg_dump.h) */
};

struct extract_limits {
    uint64_t member_bytes_max; /* one member, decompressed */
    uint64_t total_bytes_max;  /* all members of one container */
    uint32_t members_max;
    uint32_t ratio_max;
    uint32_t pages_max;
    uint64_t steps_max; /* work units of a parser that could loop */
};

extern const struct extract_limits extract_limits_default;

/* Open whatever the libraries open when first used (converters, fonts): once, before the jail. */
void extract_prepare(void);

/*
 * Read one exhibit into `sink`. Damaged or unsupported evidence is a note and TQ_OK; only what the
 * sink or memory refuses comes back as an error.
 */
int extract_read(const struct extract_input *input, const struct extract_limits *limits,
                 const struct sink *sink, struct tq_error *err) MUST_CHECK;

#endif
