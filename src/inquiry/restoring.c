/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "inquiry/restoring.h"

#include <stdio.h>

#include "base/file.h"
#include "extract/pg_dump.h"

#define REASON_BYTES 200u

bool restoring_wants(const struct restoration_tools *tools, int fd)
{
    char head[PG_DUMP_HEAD_BYTES];
    struct tq_error ignored;
    enum pg_dump_form form;
    size_t got;

    if (!tools->program || file_read_at(fd, 0, head, sizeof(head), &got, &ignored) < 0)
        return false;
    form = pg_dump_form(slice_make(head, got));
    return form == PG_DUMP_CUSTOM || form == PG_DUMP_TAR;
}

int restoring_read(const struct restoration_tools *tools, struct reader *reader,
                   const struct reader_job *job, const struct sink *sink, enum reader_end *out_end,
                   char *out_reason, enum restoration_end *out_restored, struct tq_error *err)
{
    struct reader_job script = *job;
    struct restoration restoration;
    int r = restoration_start(tools, job->fd, &restoration, err);

    if (r < 0)
        return r;
    script.fd = restoration.script;
    script.is_script = true;
    r = reader_read(reader, &script, sink, out_end, out_reason, err);
    *out_restored = restoration_stop(&restoration, r == TQ_OK && *out_end == READER_DONE);
    if (r < 0 || *out_restored != RESTORATION_KILLED)
        return r;
    *out_end = READER_CRASHED;
    (void)snprintf(out_reason, REASON_BYTES, "pg_restore was killed");
    return TQ_OK;
}
