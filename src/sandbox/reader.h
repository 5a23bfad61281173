/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef SANDBOX_READER_H
#define SANDBOX_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "model/sink.h"

/*
 * Parent side: a sandboxed reader process, jailed once and living long. Exhibits go to it by
 * descriptor, results come back over the wire; every message is checked against the table in
 * wire.h before the sink sees it. One thread uses a reader at a time.
 */
struct reader;

struct reader_limits {
    uint32_t wall_ms_max;      /* backstop for one exhibit; its note says so */
    uint64_t memory_bytes_max; /* RLIMIT_AS of the reader */
};
extern const struct reader_limits reader_limits_default;

/* `program`: path of tahqiq-reader. The process is started by the first job. */
int reader_new(const char *program, const struct reader_limits *limits, struct reader **out_reader,
               struct tq_error *err) MUST_CHECK;
struct reader *reader_free(struct reader *reader);

/* How reading one exhibit ended. */
enum reader_end {
    READER_DONE,    /* read to the end */
    READER_CRASHED, /* the process died: it is restarted for the next exhibit */
    READER_TIMEOUT, /* killed at the wall-clock backstop */
    READER_BROKE    /* spoke nonsense: killed */
};

/*
 * Read one exhibit. What came before a crash has reached the sink. On READER_CRASHED, _TIMEOUT and
 * _BROKE `out_reason` (if not NULL, 200 bytes) says what happened, for a note. Fails only with the
 * world's or the sink's own errors.
 */
int reader_read(struct reader *reader, int fd, uint64_t size_bytes, struct slice name,
                const struct sink *sink, enum reader_end *out_end, char *out_reason,
                struct tq_error *err) MUST_CHECK;

/* Where the reader program is: beside the running program, or in ../libexec/tahqiq. Owned. */
int reader_find_program(char **out_path, struct tq_error *err) MUST_CHECK;

#endif
