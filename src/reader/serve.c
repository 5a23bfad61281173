/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "reader/serve.h"

#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "extract/extract.h"
#include "sandbox/jail.h"
#include "sandbox/wire.h"

#define WIRE_FD     3
#define LIFELINE_FD 4

/* How much memory was missing, and where, depends on what was read before: a note must not. */
static struct slice explain(const struct tq_error *failure)
{
    return failure->status == TQ_E_NOMEM
               ? SLICE_LITERAL("it needs more memory than a reader may have")
               : slice_of(failure->message);
}

static int read_exhibit(const struct wire_job *job, int fd, const struct password_list *passwords,
                        const struct recogniser *recogniser, struct wire_writer *writer,
                        struct tq_error *err)
{
    struct extract_input input = {.fd = fd,
                                  .size_bytes = job->size_bytes,
                                  .name = slice_make(job->name, job->name_length),
                                  .passwords = passwords->count > 0 ? passwords : NULL,
                                  .recogniser = recogniser,
                                  .pictures_max = job->pictures_max,
                                  .is_script = job->is_script != 0};
    struct extract_limits limits = extract_limits_default;
    struct tq_error failure;
    struct sink sink;
    int r;

    if (limits.total_bytes_max > job->members_bytes_max)
        limits.total_bytes_max = job->members_bytes_max;
    wire_writer_sink(writer, &sink);
    r = extract_read(&input, &limits, &sink, &failure);
    if (r == TQ_OK) {
        r = wire_send(writer, WIRE_DONE, (struct slice){0}, err);
    } else {
        if (writer->out.failed) /* a message may have been cut short */
            buf_clear(&writer->out);
        r = wire_send(writer, WIRE_FAILED, explain(&failure), err);
    }
    if (r < 0)
        return r;
    return wire_flush(writer, err);
}

static int serve(const struct recogniser *recogniser, struct tq_error *err)
{
    struct wire_writer writer = {.fd = WIRE_FD};

    for (;;) {
        struct password_list passwords = {0};
        struct wire_job job;
        bool end;
        int fd, r;

        r = wire_receive_job(WIRE_FD, &job, &fd, &end, err);
        if (r < 0 || end)
            return r;
        if (job.passwords_bytes > 0)
            r = wire_receive_passwords(WIRE_FD, job.passwords_bytes, &passwords, err);
        if (r == TQ_OK)
            r = read_exhibit(&job, fd, &passwords, recogniser, &writer, err);
        password_list_clear(&passwords);
        (void)close(fd);
        if (r < 0)
            return r;
    }
}

/*
 * Die when the parent does, even in the middle of an exhibit that loops: when the last writer of
 * the pipe is gone the kernel sends SIGIO, whose usual effect is the end of the process.
 */
static bool follow_parent(void)
{
    struct pollfd lifeline = {.fd = LIFELINE_FD};

    if (fcntl(LIFELINE_FD, F_SETOWN, getpid()) < 0 || fcntl(LIFELINE_FD, F_SETFL, O_ASYNC) < 0)
        return false;
    return poll(&lifeline, 1, 0) == 0; /* it may be gone already */
}

int reader_main(int argc, char **argv, reader_prepare *prepare)
{
    uint64_t memory_bytes_max = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;
    const struct recogniser *recogniser = NULL;
    char ready = WIRE_IS_READY;
    struct tq_error err;

    if (memory_bytes_max == 0)
        return 2;
    (void)setlocale(LC_ALL, "C.UTF-8"); /* names in archives: before the jail, it opens files */
    extract_prepare();
    if (prepare && prepare(&recogniser, &err) < 0)
        ready = WIRE_HAS_NO_LANGUAGE;
    else if (!follow_parent() || jail_enter(memory_bytes_max, &err) < 0)
        ready = WIRE_IS_NOT_LOCKED;
    if (wire_send_ready(WIRE_FD, ready, &err) < 0 || ready != WIRE_IS_READY)
        return 1;
    return serve(recogniser, &err) < 0 ? 1 : 0;
}
