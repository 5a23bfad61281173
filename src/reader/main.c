/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * tahqiq-reader: the sandboxed program that reads hostile bytes. Started by tahqiq, never by hand:
 * it locks itself in, then takes exhibits from the wire on descriptor 3 and answers with what it
 * read, until the parent closes the wire.
 */
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#include "extract/extract.h"
#include "sandbox/jail.h"
#include "sandbox/wire.h"

#define WIRE_FD 3

static int read_exhibit(const struct wire_job *job, int fd, struct wire_writer *writer,
                        struct tq_error *err)
{
    struct extract_input input = {
        .fd = fd, .size_bytes = job->size_bytes, .name = slice_make(job->name, job->name_length)};
    struct tq_error failure;
    struct sink sink;
    int r;

    wire_writer_sink(writer, &sink);
    r = extract_read(&input, &extract_limits_default, &sink, &failure);
    if (r == TQ_OK) {
        r = wire_send(writer, WIRE_DONE, (struct slice){0}, err);
    } else {
        buf_empty(&writer->out); /* what was gathered may be what failed */
        r = wire_send(writer, WIRE_FAILED, slice_of(failure.message), err);
    }
    if (r < 0)
        return r;
    return wire_flush(writer, err);
}

static int serve(struct tq_error *err)
{
    struct wire_writer writer = {.fd = WIRE_FD};

    for (;;) {
        struct wire_job job;
        bool end;
        int fd, r;

        r = wire_receive_job(WIRE_FD, &job, &fd, &end, err);
        if (r < 0 || end)
            return r;
        r = read_exhibit(&job, fd, &writer, err);
        (void)close(fd);
        if (r < 0)
            return r;
    }
}

int main(int argc, char **argv)
{
    uint64_t memory_bytes_max = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;
    struct tq_error err;

    if (memory_bytes_max == 0)
        return 2;
    (void)setlocale(LC_ALL, "C.UTF-8"); /* names in archives: before the jail, it opens files */
    extract_prepare();
    if (jail_enter(memory_bytes_max, &err) < 0)
        return 1;
    return serve(&err) < 0 ? 1 : 0;
}
