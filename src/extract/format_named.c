/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Dumps that only the program which wrote them should read: named, with the way to convert them. */
#include "base/file.h"
#include "extract/emit.h"
#include "extract/format.h"
#include "extract/pg_dump.h"

enum {
    DUMP_CUSTOM,
    DUMP_CONTENTS,
    DUMP_MONGO,
    DUMPS
};

static const struct {
    const char *type, *how;
} dumps[DUMPS] = {
    [DUMP_CUSTOM] = {PG_DUMP_TYPE,
                     "a dump of pg_dump in custom form, which only pg_restore reads: install "
                     "that of PostgreSQL 12 or later (postgresql-client) and inquire anew, or take "
                     "what \"pg_restore -f dump.sql FILE\" makes of it instead"},
    [DUMP_CONTENTS] = {PG_DUMP_TYPE,
                       "the contents of a dump of pg_dump in tar or directory form: its rows are "
                       "in the files beside it, read without the names of columns; \"pg_restore "
                       "-f dump.sql ARCHIVE\" makes SQL of it all, to be taken instead"},
    [DUMP_MONGO] = {"mongodump",
                    "an archive of mongodump: \"mongorestore --archive=FILE\" restores it to a "
                    "server, \"mongodump --out FOLDER\" then gives BSON, to be taken instead"},
};

static size_t find_dump(struct slice head)
{
    if (slice_starts(head, slice_make("\x6d\xe2\x99\x81", 4)))
        return DUMP_MONGO;
    switch (pg_dump_form(head)) {
    case PG_DUMP_CUSTOM:
        return DUMP_CUSTOM;
    case PG_DUMP_CONTENTS:
        return DUMP_CONTENTS;
    default:
        return DUMPS;
    }
}

static int named_read(const struct extract_input *input, const struct extract_limits *limits,
                      const struct sink *sink, struct tq_error *err)
{
    char head[PG_DUMP_HEAD_BYTES];
    size_t got, dump;
    int r = file_read_at(input->fd, 0, head, sizeof(head), &got, err);

    (void)limits;
    if (r < 0)
        return r;
    dump = find_dump(slice_make(head, got));
    r = emit_type(sink, dump < DUMPS ? dumps[dump].type : "dump", err);
    if (r < 0)
        return r;
    return emit_note(sink, 0, err, "not read: %s", dump < DUMPS ? dumps[dump].how : "not known");
}

static enum claim named_claim(struct slice head, const struct extract_input *input)
{
    (void)input;
    return find_dump(head) < DUMPS ? CLAIM_CERTAIN : CLAIM_NONE;
}

const struct format format_named = {"dump", named_claim, named_read};
