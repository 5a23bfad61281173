/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef SANDBOX_READER_H
#define SANDBOX_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "model/password_list.h"
#include "model/sink.h"

/*
 * Parent side: a sandboxed reader process, jailed once and living long. Exhibits go to it by
 * descriptor, results come back over the wire; every message is checked against the table in
 * wire.h before the sink sees it. One thread uses a reader at a time.
 */
struct reader;

struct reader_limits {
    uint32_t silence_ms_max;   /* a reader that works sends something */
    uint32_t exhibit_ms_min;   /* time for one exhibit, however small, ... */
    uint32_t exhibit_ms_mib;   /* ... and for each MiB of it more */
    uint64_t memory_bytes_max; /* RLIMIT_AS of the reader */
    uint64_t output_bytes_min; /* what one exhibit may yield, however small, ... */
    uint32_t output_ratio;     /* ... and for each byte of it more */
};
extern const struct reader_limits reader_limits_default;

/* `program`: path of tahqiq-reader. The process is started by the first job. */
int reader_new(const char *program, const struct reader_limits *limits, struct reader **out_reader,
               struct tq_error *err) MUST_CHECK;
struct reader *reader_free(struct reader *reader);

/* How reading one exhibit ended. */
enum reader_end {
    READER_DONE,    /* read to the end */
    READER_CRASHED, /* the process died: a new one is started for the next exhibit */
    READER_GAVE_UP, /* it said that it could not: out of memory, most likely */
    READER_BROKE,   /* spoke nonsense: killed */
    READER_LIMIT    /* killed at a limit of time or output */
};

/*
 * Whether the exhibit that ended so should be read once more, by a new reader: the old one may have
 * been killed from outside, or been worn out or taken over by an exhibit before. What is noted
 * after the second time is then the exhibit's own doing.
 */
bool reader_should_retry(const struct reader *reader, enum reader_end end);

struct reader_job {
    int fd; /* borrowed */
    uint64_t size_bytes;
    uint64_t members_bytes_max;            /* what its members may come to, all together */
    uint32_t pictures_max;                 /* pages that may be read by OCR, if the program can */
    bool is_script;                        /* fd is a pipe: extract/sql_script.h */
    struct slice name;                     /* last part of the path: a hint */
    const struct password_list *passwords; /* to try if it is encrypted; may be NULL */
};

/*
 * Read one exhibit. What came before a crash has reached the sink. If it does not end with
 * READER_DONE, `out_reason` (if not NULL, 200 bytes) says what happened, for a note: the same words
 * whenever the same exhibit does it. Fails only with the world's or the sink's own errors.
 */
int reader_read(struct reader *reader, const struct reader_job *exhibit, const struct sink *sink,
                enum reader_end *out_end, char *out_reason, struct tq_error *err) MUST_CHECK;

/* Where a reader's program (READER_USUAL, READER_OCR) is: beside the running program, or in
 * ../libexec/tahqiq. Owned. */
#define READER_USUAL "tahqiq-reader"
#define READER_OCR   "tahqiq-ocr"
int reader_find_program(const char *name, char **out_path, struct tq_error *err) MUST_CHECK;

#endif
