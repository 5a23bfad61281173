/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef SANDBOX_WIRE_H
#define SANDBOX_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "model/password_list.h"
#include "model/sink.h"

/*
 * The wire between the parent and a reader: frames of a type, a length and a payload over a stream
 * socket. The parent sends jobs (with the exhibit's descriptor) and the reader answers with the
 * calls of a sink, then WIRE_DONE or WIRE_FAILED. All numbers little endian, as the machine's.
 *
 * The table in wire.c says which messages exist, how long each may be, and in which state each is
 * allowed; whatever is not in it is nonsense, and the reader that spoke it is killed.
 */
enum wire_type {
    WIRE_JOB = 1, /* parent to reader; the only one */
    WIRE_TYPE,
    WIRE_TABLE,
    WIRE_ROWS,
    WIRE_PAGE,
    WIRE_MEMBER,
    WIRE_MEMBER_BYTES,
    WIRE_MEMBER_END,
    WIRE_FACT,
    WIRE_NOTE,
    WIRE_WORKING, /* there is nothing to say yet; sent at once */
    WIRE_DONE,
    WIRE_FAILED, /* the reader itself failed: out of memory, most likely */
    WIRE_TYPE_COUNT
};

struct wire_frame {
    uint32_t type; /* enum wire_type, unchecked */
    uint32_t length;
};

/* What may come next within one job. */
struct wire_state {
    bool has_type;
    bool has_table;
    bool in_member;
    uint32_t column_count; /* of the current table */
    uint32_t last_record;  /* record numbers never fall */
    uint64_t frames;       /* ever checked: a job has a ceiling */
};

/* Whether a frame of this type and length may come in this state. */
bool wire_allows(const struct wire_state *state, const struct wire_frame *frame);

/*
 * Check a whole message and hand it to `sink`. TQ_E_PEER: it is
 * nonsense; any other failure is the sink's own. WIRE_DONE and WIRE_FAILED are not handled here.
 */
int wire_deliver(struct wire_state *state, const struct wire_frame *frame, const char *payload,
                 const struct sink *sink, struct tq_error *err) MUST_CHECK;

/*
 * The reader's end: a sink that turns calls into frames. Small frames are gathered and written
 * together; wire_flush() writes what is left.
 */
struct wire_writer {
    int fd;
    struct buf out;
};

void wire_writer_sink(struct wire_writer *writer, struct sink *out_sink);
int wire_send(struct wire_writer *writer, enum wire_type type, struct slice payload,
              struct tq_error *err) MUST_CHECK;
int wire_flush(struct wire_writer *writer, struct tq_error *err) MUST_CHECK;

/*
 * Before the first job a reader says one byte: WIRE_IS_READY, WIRE_HAS_NO_LANGUAGE if there is
 * nothing to read pictures with, or anything else if it could not lock itself in. Hostile bytes
 * come later, so this one can be believed.
 */
#define WIRE_IS_READY        'R'
#define WIRE_HAS_NO_LANGUAGE 'L'
#define WIRE_IS_NOT_LOCKED   'N'
int wire_send_ready(int socket, char byte, struct tq_error *err) MUST_CHECK;

/* A job: `fd` travels beside it. */
struct wire_job {
    uint64_t size_bytes;
    uint64_t members_bytes_max; /* what its members may come to, all together */
    uint32_t passwords_bytes;   /* that follow the job: a list to try on it; 0: none */
    uint32_t pictures_max;      /* pages that may be read by OCR, if the reader can */
    uint32_t is_script;         /* 1: `fd` is a pipe, from pg_restore; else 0 */
    uint32_t name_length;       /* at most FILE_NAME_MAX */
    char name[FILE_NAME_MAX + 1];
};

int wire_send_job(int socket, const struct wire_job *job, int fd, struct tq_error *err) MUST_CHECK;

/* *out_fd is the caller's to close. *out_end: the parent closed the wire; no job. */
int wire_receive_job(int socket, struct wire_job *out_job, int *out_fd, bool *out_end,
                     struct tq_error *err) MUST_CHECK;

/* What follows a job with passwords: to be received before anything of the exhibit is looked at. */
int wire_send_passwords(int socket, const struct password_list *list,
                        struct tq_error *err) MUST_CHECK;
int wire_receive_passwords(int socket, uint32_t bytes, struct password_list *out_list,
                           struct tq_error *err) MUST_CHECK;

#endif
